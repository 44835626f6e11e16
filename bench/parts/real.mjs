import { setTimeout as sleep } from "node:timers/promises";
import { ControlPlane, GROUP, itemsOf, kubeApiserver } from "../lib/control-plane.mjs";
import { median } from "../lib/numbers.mjs";
import { Api, Console, file } from "../lib/parts.mjs";
import { Stream } from "../lib/stream.mjs";
import { World } from "../lib/world.mjs";

const PODS = 30_000;
const ROUNDS = 3;
const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const PERSONAS = ["admin", "bound", "hooked"].map((id) => ({ id, user: `${id}@corp` }));

async function pods() {
  const api = await Api.start({ pods: PODS });
  const items = await itemsOf(api);
  await api.stop();
  return items;
}

const start = (config) => Console.start(config, ["--dev-personas", file("personas.yaml", PERSONAS)]);

async function signIn(console, persona) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${console.url}/api/auth/demo`, {
    method: "POST",
    body: JSON.stringify({ persona }),
    headers,
  });
  return response.headers.get("set-cookie").split(";")[0];
}

export async function real(figures) {
  await revokedInWorld(figures);
  if (!kubeApiserver()) {
    figures.missing(
      "cold list; revoked by an authoriser",
      "no kube-apiserver: scripts/e2e-tools.sh kube-apiserver, needs Go",
    );
    return;
  }
  const plane = await ControlPlane.start(await pods());
  const kubeconfig = { path: plane.kubeconfig(), context: "real" };
  const config = file("real.yaml", { clusters: [{ id: "real", keepEvents: false, kubeconfig }] });
  await cold(figures, plane, config);
  const console = await start(config);
  await unbound(figures, "kube-apiserver", {
    console,
    admin: plane.admin,
    cluster: "real",
    namespace: "team-00",
  });
  await unhooked(figures, plane, console);
  await console.stop();
  await plane.stop();
}

/** Nothing is watched yet but the cluster is connected: the first who opens the list. */
async function cold(figures, plane, config) {
  const [raw, ours] = [[], []];
  // The API server fills its own cache first.
  await plane.admin.rawList("/api/v1/pods");
  for (let at = 0; at < ROUNDS; at += 1) {
    raw.push(await plane.admin.rawList("/api/v1/pods"));
    const console = await start(config);
    const cookie = await signIn(console, "admin");
    await console.get("/api/lists/namespaces?limit=1", { cookie });
    const began = performance.now();
    // A request gives up waiting for rows after a while; then whoever asked asks again.
    const list = async () => (await console.get("/api/lists/pods?limit=100", { cookie })).total;
    while ((await list()) !== PODS && performance.now() - began < 60_000) continue;
    ours.push(performance.now() - began);
    await console.stop();
  }
  const note = `${Math.round(median(ours))} ms beside ${Math.round(median(raw))} ms, kube-apiserver`;
  const value = median(ours) / median(raw);
  figures.add("cold list of 30k pods, as a share of the raw LIST", { value, unit: "×", atMost: 1.3, note });
}

async function revokedInWorld(figures) {
  const world = await World.start();
  const console = await start(world.config);
  await unbound(figures, "demo world", {
    console,
    admin: world.admin,
    cluster: "prod-eu",
    namespace: "payments",
  });
  await console.stop();
  await world.stop();
}

/** Seconds from a change to the frame after which no row is left. */
async function lastRow(stream, change) {
  await stream.until("rows are there", ({ windows }) => windows.get("list")?.total > 0, 60);
  const began = performance.now();
  await change();
  await stream.until("no row is left", ({ windows }) => windows.get("list").total === 0, 90);
  return (performance.now() - began) / 1000;
}

async function unbound(figures, where, { console, admin, cluster, namespace }) {
  const bindings = `${RBAC}/namespaces/${namespace}/rolebindings`;
  const binding = {
    metadata: { name: "bench-bound" },
    roleRef: { apiGroup: GROUP, kind: "ClusterRole", name: "bench-pods" },
    subjects: [{ apiGroup: GROUP, kind: "User", name: "bound@corp" }],
  };
  const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }];
  await admin.ask("POST", `${RBAC}/clusterroles`, { metadata: { name: "bench-pods" }, rules });
  const stream = await Stream.open(console.url, await signIn(console, "bound"));
  await stream.subscribe("list", { type: "window", kind: "pods", clusters: [cluster], limit: 100 });
  const times = [];
  for (let at = 0; at < ROUNDS; at += 1) {
    await admin.ask("POST", bindings, binding);
    await stream.until("rows are there", ({ windows }) => windows.get("list")?.total > 0, 60);
    await sleep(1500);
    times.push(await lastRow(stream, () => admin.ask("DELETE", `${bindings}/bench-bound`)));
    await sleep(1500);
  }
  stream.close();
  const note = `${where}; worst of ${ROUNDS}, median ${median(times).toFixed(2)} s`;
  figures.add("RoleBinding deleted → last forbidden row", {
    value: Math.max(...times),
    unit: "s",
    atMost: 5,
    note,
  });
}

async function unhooked(figures, plane, console) {
  const stream = await Stream.open(console.url, await signIn(console, "hooked"));
  await stream.subscribe("list", { type: "window", kind: "pods", limit: 100 });
  const times = [];
  for (let at = 0; at < ROUNDS; at += 1) {
    plane.hooked = true;
    await stream.until("rows are there", ({ windows }) => windows.get("list")?.total > 0, 60);
    // At another moment of the decision's life each time.
    await sleep(1500 + at * 6000);
    times.push(await lastRow(stream, () => (plane.hooked = false)));
  }
  stream.close();
  const note = `kube-apiserver with a webhook; worst of ${ROUNDS}, median ${median(times).toFixed(1)} s`;
  figures.add("an authoriser refuses → last forbidden row", {
    value: Math.max(...times),
    unit: "s",
    atMost: 40,
    note,
  });
}
