import { setTimeout as sleep } from "node:timers/promises";
import { Api, Console, bench, configuration, relayInGo } from "../lib/parts.mjs";
import { short } from "../lib/numbers.mjs";
import { Program } from "../lib/program.mjs";
import { Stream } from "../lib/stream.mjs";
import { Viewers } from "../lib/viewers.mjs";

const KB = 1024;
const WINDOW = { type: "window", kind: "pods", limit: 100 };
const FEW = 100;
const MANY = 1000;
const CHANGES = 100;
const SECONDS = 10;

/** What several groups of viewers have got together. */
async function counted(groups) {
  const counts = await Promise.all(groups.map((group) => group.count()));
  const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
  if (sum("lost") > 0) throw new Error(`${sum("lost")} viewers lost their stream`);
  return { rows: sum("rows"), frames: sum("frames") };
}

/** Microseconds of a server's CPU for each row that reached a viewer. */
async function perDelivery(server, groups) {
  const [cpu, before] = [server.cpu(), await counted(groups)];
  await sleep(SECONDS * 1000);
  const [used, after] = [server.cpu() - cpu, await counted(groups)];
  const rows = after.rows - before.rows;
  return { micros: (used / rows) * 1e6, rows, frames: after.frames - before.frames };
}

/** The same changes through one upstream watch per viewer. */
async function relayed(command, args) {
  const relay = new Program(command, args);
  const { relay: url } = await relay.json();
  const viewers = await Viewers.of(url, 20, { plain: "/pods" });
  await sleep(1000);
  const cost = await perDelivery(relay, [viewers]);
  await viewers.stop();
  await relay.stop();
  return cost;
}

export async function viewers(figures) {
  const api = await Api.start({ pods: 10_000 });
  const console = await Console.start(configuration(api.server));
  const first = await Stream.open(console.url);
  await first.subscribe("list", WINDOW);
  await first.live("list");
  await sleep(1000);

  const readers = [await Viewers.of(console.url, FEW)];
  await sleep(2000);
  const few = console.program.resident();
  readers.push(await Viewers.of(console.url, MANY - FEW));
  await sleep(3000);
  const open = (console.program.resident() - few) / (MANY - FEW) / KB;
  const requests = await api.requests();
  const upstream = `${requests["LIST pods"]} LIST, ${requests["WATCH pods"]} WATCH`;
  const one = requests["LIST pods"] === 1 && requests["WATCH pods"] === 1;
  figures.holds(`${MANY} viewers of one list, upstream`, one, {
    limit: "1 LIST, 1 WATCH",
    measured: upstream,
  });

  await api.pace(CHANGES, { among: 100 });
  await sleep(3000);
  const ours = await perDelivery(console.program, readers);
  const changed = (console.program.resident() - few) / (MANY - FEW) / KB;
  const slope = `slope ${FEW} → ${MANY}; ${open.toFixed(0)} KB open, ${changed.toFixed(0)} KB while rows change`;
  figures.add("  memory of each", { value: Math.max(open, changed), unit: "KB", atMost: 45, note: slope });
  await Promise.all(readers.map((group) => group.stop()));
  first.close();
  const rust = await relayed(bench, ["relay", api.server]);
  const go = relayInGo && (await relayed(relayInGo, [api.server]));
  const pace = `${Math.round(ours.rows / SECONDS / 1000)}k rows/s in ${Math.round(ours.frames / SECONDS / 1000)}k frames/s`;
  const note = `${ours.micros.toFixed(1)} µs, ${pace}; with kube-rs ${rust.micros.toFixed(0)} µs (${short(rust.micros / ours.micros)} ×)`;
  const name = "  CPU per delivery, less than one watch per viewer";
  if (go)
    figures.add(name, {
      value: go.micros / ours.micros,
      unit: "×",
      atLeast: 50,
      note: `${note}, with client-go ${go.micros.toFixed(0)} µs`,
    });
  else
    figures.add(`${name} (kube-rs, as there is no Go)`, {
      value: rust.micros / ours.micros,
      unit: "×",
      note,
    });
  await console.stop();
  await api.stop();
  await lagging(figures);
}

/** One who does not read for a while, during which far more happens than sockets hold, beside one who does. */
async function lagging(figures) {
  const api = await Api.start({ pods: 10_000 });
  const console = await Console.start(configuration(api.server));
  const [quick, slow] = [await Stream.open(console.url), await Stream.open(console.url)];
  for (const stream of [quick, slow]) {
    await stream.subscribe("list", { ...WINDOW, limit: 500 });
    await stream.live("list");
  }
  const before = console.program.resident();
  slow.response.pause();
  await api.pace(2000, { among: 500 });
  await sleep(12_000);
  await api.pace(0);
  const grown = (console.program.resident() - before) / KB / KB;
  await sleep(1000);
  slow.response.resume();
  const told = (rows) => JSON.stringify(rows.map(({ uid, cells }) => [uid, cells]));
  const truth = told((await console.get("/api/lists/pods?limit=500")).rows);
  const same = ({ windows }) => {
    const { order, rows } = windows.get("list");
    return told(order.map((id) => rows.get(id))) === truth;
  };
  let right = true;
  await slow.until("the slow viewer is right again", same, 30).catch(() => (right = false));
  const measured = `${slow.resets} resync, then ${right ? "the same rows" : "other rows"}`;
  const note = `${slow.frames} frames, the quick one got ${quick.frames}; the server grew ${grown.toFixed(1)} MB`;
  figures.holds("  a viewer that does not read for 12 s", right && slow.resets > 0, {
    limit: "explicit resync",
    measured,
    note,
  });
  quick.close();
  slow.close();
  await console.stop();
  await api.stop();
}
