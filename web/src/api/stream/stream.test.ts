import { describe, expect, it } from "vitest";
import type { Subscription } from "../contract";
import { ApiError } from "../problem";
import { LiveStream, type StreamEvent } from "./stream";

const problem = (status: number, code: string) =>
  new ApiError({ type: "", title: code, status, detail: code, code, requestId: "r" });
const FLEET: Subscription = { type: "fleet" };
const counts = (namespaces: string[]): Subscription => ({ type: "counts", cluster: "a", namespaces });

/** A server in the test: connections are answered and fed by hand. */
class World {
  readonly puts: { path: string; body: Subscription }[] = [];
  readonly removed: string[] = [];
  readonly opened: { path: string; headers: Record<string, string> }[] = [];
  refuse: ApiError | null = null;
  status = 200;
  private controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  private wake: (() => void)[] = [];

  readonly stream = new LiveStream({
    open: async (path, headers, signal) => {
      this.opened.push({ path, headers });
      if (this.status !== 200) return new Response('{"code":"unauthenticated"}', { status: this.status });
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          this.controller = controller;
          signal.addEventListener("abort", () => this.cut());
        },
      });
      return new Response(body);
    },
    put: async (path, body) => {
      this.puts.push({ path, body });
      if (this.refuse) throw this.refuse;
    },
    remove: async (path) => void this.removed.push(path),
    wait: () => new Promise((resolve) => void this.wake.push(resolve)),
    now: () => 1_000,
  });

  send(name: string, data: unknown, id = ""): void {
    this.controller?.enqueue(
      new TextEncoder().encode(`${id ? `id: ${id}\n` : ""}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`),
    );
  }

  cut(): void {
    try {
      this.controller?.close();
    } catch {
      // It was closed already.
    }
  }

  /** Ends the pause before the next attempt. */
  retry(): void {
    for (const wake of this.wake.splice(0)) wake();
  }
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !condition(); turn += 1) await settle();
  expect(condition()).toBe(true);
}

async function connected(world: World, id = "one"): Promise<void> {
  await until(() => world.opened.length > 0);
  world.send("hello", { stream: id, resumed: false }, "1");
  await until(() => world.stream.readStatus().phase === "live");
}

describe("the live stream", () => {
  it("opens when somebody subscribes and asks after the greeting", async () => {
    const world = new World();
    const heard: StreamEvent[] = [];
    world.stream.share(FLEET, (event) => heard.push(event));
    await until(() => world.opened.length === 1);
    expect(world.puts).toEqual([]);
    await connected(world);
    await until(() => world.puts.length === 1);
    expect(world.puts[0]).toEqual({ path: "/api/stream/one/subscriptions/s1", body: FLEET });
    world.send("fleet", { sub: "s1", answer: 7 });
    world.send("fleet", { sub: "s2", answer: 8 });
    await until(() => heard.length > 0);
    expect(heard).toEqual([{ name: "fleet", data: { sub: "s1", answer: 7 } }]);
  });

  it("asks once for all who ask the same, and leaves with the last", async () => {
    const world = new World();
    const leave = [
      world.stream.share(FLEET, () => undefined),
      world.stream.share({ type: "fleet" }, () => undefined),
    ];
    await connected(world);
    await until(() => world.puts.length === 1);
    leave[0]?.();
    expect(world.removed).toEqual([]);
    leave[1]?.();
    await until(() => world.removed.length === 1);
    expect(world.puts).toHaveLength(1);
  });

  it("sends only the last of several wishes", async () => {
    const world = new World();
    const handle = world.stream.open(counts([]), () => undefined);
    await connected(world);
    await until(() => world.puts.length === 1);
    handle.change(counts(["a"]));
    handle.change(counts(["b"]));
    handle.change(counts(["c"]));
    await until(() => world.puts.length >= 3);
    await settle();
    expect(world.puts.map(({ body }) => body)).toEqual([counts([]), counts(["a"]), counts(["c"])]);
  });

  it("asks again for what was remembered, and not before it has to", async () => {
    const world = new World();
    const handle = world.stream.open(counts([]), () => undefined);
    await connected(world);
    await until(() => world.puts.length === 1);
    handle.remember(counts(["later"]));
    await settle();
    expect(world.puts).toHaveLength(1);
    world.cut();
    await until(() => world.stream.readStatus().phase === "stale");
    world.retry();
    await until(() => world.opened.length === 2);
    world.send("hello", { stream: "one", resumed: true });
    await until(() => world.puts.length === 2);
    expect(world.puts[1]?.body).toEqual(counts(["later"]));
  });

  it("comes back with what it knows, and asks again for everything", async () => {
    const world = new World();
    world.stream.share(FLEET, () => undefined);
    await connected(world);
    await until(() => world.puts.length === 1);
    world.cut();
    await until(() => world.stream.readStatus().phase === "stale");
    world.retry();
    await until(() => world.opened.length === 2);
    expect(world.opened[1]).toEqual({
      path: "/api/stream?resume=one",
      headers: { accept: "text/event-stream", "last-event-id": "1" },
    });
    world.send("hello", { stream: "two", resumed: false });
    await until(() => world.puts.length === 2);
    expect(world.puts[1]?.path).toBe("/api/stream/two/subscriptions/s1");
  });

  it("begins anew when the server does not know the stream", async () => {
    const world = new World();
    world.refuse = problem(404, "stream_unknown");
    world.stream.share(FLEET, () => undefined);
    await until(() => world.opened.length === 1);
    world.send("hello", { stream: "one", resumed: false });
    await until(() => world.stream.readStatus().phase === "stale");
    world.retry();
    await until(() => world.opened.length === 2);
    expect(world.opened[1]?.path).toBe("/api/stream");
  });

  it("sends a wish again that did not arrive, while the stream goes on", async () => {
    const world = new World();
    world.refuse = problem(503, "stream_busy");
    world.stream.share(FLEET, () => undefined);
    await connected(world);
    await until(() => world.puts.length === 1);
    await settle();
    expect(world.puts).toHaveLength(1);
    world.refuse = null;
    world.retry();
    await until(() => world.puts.length === 2);
    await settle();
    expect(world.puts.map(({ body }) => body)).toEqual([FLEET, FLEET]);
    expect(world.opened).toHaveLength(1);
  });

  it("tells the one who asked when the server refuses", async () => {
    const world = new World();
    world.refuse = problem(400, "filter_invalid");
    const heard: StreamEvent[] = [];
    world.stream.share(FLEET, (event) => heard.push(event));
    await connected(world);
    await until(() => heard.length === 1);
    expect(heard[0]).toMatchObject({
      name: "problem",
      data: { sub: "s1", problem: { code: "filter_invalid" } },
    });
    expect(world.stream.readStatus().phase).toBe("live");
  });

  it("stops when the person is signed out", async () => {
    const world = new World();
    world.status = 401;
    world.stream.share(FLEET, () => undefined);
    await until(() => world.stream.readStatus().phase === "signed-out");
    await settle();
    expect(world.opened).toHaveLength(1);
  });

  it("reconnects when the server says goodbye", async () => {
    const world = new World();
    world.stream.share(FLEET, () => undefined);
    await connected(world);
    world.send("bye", { reason: "draining" });
    await until(() => world.stream.readStatus().phase === "stale");
    world.retry();
    await until(() => world.opened.length === 2);
  });
});
