import { setTimeout as sleep } from "node:timers/promises";
import { Api, Console, configuration } from "../lib/parts.mjs";
import { Viewers } from "../lib/viewers.mjs";

const MB = 1024 * 1024;
const FOLLOWERS = 200;
const LINES = 2_000;
/** All of them run. */
const PODS = 5;
/** Buffers and the allocator have found their size by then. */
const WARM_SECONDS = 20;
const SECONDS = 60;

async function counted(followers) {
  const { rows, frames, bytes, lost } = await followers.count();
  if (lost > 0) throw new Error(`${lost} followers lost their stream`);
  return { rows, frames, bytes };
}

/** Everybody follows a log of their own that writes fast, for a while. */
export async function logs(figures) {
  const api = await Api.start({ pods: PODS });
  const console = await Console.start(configuration(api.server));
  const followers = await Viewers.of(console.url, FOLLOWERS, { logs: PODS });
  const { program } = console;
  await sleep(2000);
  await api.writeLogs(LINES);
  await sleep(WARM_SECONDS * 1000);
  const [before, written, cpu] = [await counted(followers), await api.lines(), program.cpu()];
  const [start, began] = [program.resident(), performance.now()];
  let most = start;
  for (let second = 0; second < SECONDS; second += 1) {
    await sleep(1000);
    most = Math.max(most, program.resident());
  }
  const seconds = (performance.now() - began) / 1000;
  const [after, later, used, end] = [await counted(followers), await api.lines(), program.cpu() - cpu, program.resident()];
  const lines = after.rows - before.rows;
  const each = lines / seconds / FOLLOWERS;
  const missed = later.missed - written.missed;
  const pace = (later.written - written.written) / seconds;
  figures.add(`${FOLLOWERS} followers of logs, lines each got`, {
    ...{ value: each, unit: "/s", atLeast: pace * 0.98 },
    note: `${Math.round(pace)}/s were written; ${missed} of ${Math.round(lines + missed)} came too late`,
  });
  figures.add("  memory grown in a minute", {
    ...{ value: (end - start) / MB, unit: "MB", atMost: 8 },
    note: `${(start / MB).toFixed(0)} MB at its beginning, ${(end / MB).toFixed(0)} MB at its end, ${(most / MB).toFixed(0)} MB at most`,
  });
  const frames = (after.frames - before.frames) / seconds;
  figures.add("  CPU per line", {
    ...{ value: (used / lines) * 1e6, unit: "µs" },
    note: `${((used / seconds) * 100).toFixed(0)} % of a core, ${Math.round(frames)} frames/s, ${((after.bytes - before.bytes) / seconds / MB).toFixed(0)} MB/s`,
  });
  await followers.stop();
  await console.stop();
  await api.stop();
}
