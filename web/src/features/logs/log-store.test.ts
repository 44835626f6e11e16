import { describe, expect, it } from "vitest";
import type { Subscription } from "@/api/contract";
import type { LogsEvent, LogSource } from "@/api/logs-contract";
import type { Listener } from "@/api/stream/stream";
import { lettersOf, LogStore } from "./log-store";

const source = (pod: string, container = "app"): LogSource => ({ pod, container, state: "live" });

class World {
  readonly wishes: Subscription[] = [];
  readonly remembered: Subscription[] = [];
  closed = 0;
  private listener: Listener = () => undefined;
  private waiting: (() => void)[] = [];
  readonly store = new LogStore(
    {
      open: (subscription, listener) => {
        this.wishes.push(subscription);
        this.listener = listener;
        return {
          change: () => undefined,
          remember: (next) => void this.remembered.push(next),
          close: () => void (this.closed += 1),
        };
      },
      frame: (run) => void this.waiting.push(run),
    },
    { cluster: "a", kind: "deployments.apps", namespace: "shop", name: "api" },
    { containers: [], previous: false, sinceSeconds: null },
  );

  send(event: Partial<LogsEvent>): void {
    const data = { sub: "s1", reset: false, lines: [], ...event };
    this.listener({ name: "logs", data } as unknown as Parameters<Listener>[0]);
    this.paint();
  }

  refuse(): void {
    const problem = { code: "not_recorded", detail: "the record cannot be written" };
    this.listener({ name: "problem", data: { sub: "s1", problem } } as Parameters<Listener>[0]);
    this.paint();
  }

  paint(): void {
    for (const run of this.waiting.splice(0)) run();
  }

  get texts(): string[] {
    return this.store.read().shown.map(({ raw }) => raw);
  }
}

const at = (seconds: string) => `2026-11-26T13:00:${seconds}Z`;

describe("followed logs", () => {
  it("are asked for with their last lines, and kept with whose they are", () => {
    const world = new World();
    expect(world.wishes[0]).toMatchObject({ type: "logs", name: "api", follow: true, tail: 500 });
    world.send({ reset: true, sources: [source("x"), source("y")], lines: [[1, at("01"), "b"]] });
    expect(world.store.read().shown[0]).toMatchObject({ source: "y/app", raw: "b" });
    expect(world.store.read().sources.map(({ letters }) => letters)).toEqual(["A", "B"]);
  });

  it("keep the letters of a source when places are given again", () => {
    const world = new World();
    world.send({ sources: [source("x"), source("y")] });
    world.send({ sources: [source("z"), source("y")], lines: [[0, at("01"), "of z"]] });
    expect(world.store.read().sources.map(({ letters }) => letters)).toEqual(["C", "B"]);
    expect(world.store.read().shown[0]?.source).toBe("z/app");
  });

  it("show no line twice after a break, and miss none", () => {
    const world = new World();
    world.send({
      reset: true,
      sources: [source("x")],
      lines: [
        [0, at("01"), "a"],
        [0, at("02"), "b"],
      ],
    });
    expect(world.remembered.at(-1)).toMatchObject({ sinceTime: "2026-11-26T12:59:52.000Z" });
    world.send({
      reset: true,
      lines: [
        [0, at("01"), "a"],
        [0, at("02"), "b"],
        [0, at("02"), "c"],
      ],
    });
    expect(world.texts).toEqual(["a", "b", "c"]);
  });

  it("begin anew when something else is asked", () => {
    const world = new World();
    world.send({ sources: [source("x")], lines: [[0, at("01"), "a"]] });
    world.store.ask({ sinceSeconds: 300 });
    world.paint();
    expect(world.closed).toBe(1);
    expect(world.wishes[1]).toMatchObject({ sinceSeconds: 300 });
    expect(world.wishes[1]).not.toHaveProperty("tail");
    expect(world.texts).toEqual([]);
    world.store.ask({ previous: true, sinceSeconds: null });
    expect(world.wishes[2]).toMatchObject({ previous: true, follow: false });
  });

  it("show what filter and choice of pods leave, also of what comes later", () => {
    const world = new World();
    world.send({
      sources: [source("x"), source("y")],
      lines: [
        [0, at("01"), "one"],
        [1, at("02"), "two"],
      ],
    });
    world.store.setFilter({ text: "o", regex: false, invert: false });
    world.store.hide(new Set(["y/app"]));
    world.send({
      lines: [
        [0, at("03"), "ox"],
        [0, at("04"), "x"],
        [1, at("05"), "oy"],
      ],
    });
    expect(world.texts).toEqual(["one", "ox"]);
    expect(world.store.read().total).toBe(5);
    world.store.hide(new Set());
    expect(world.texts).toEqual(["one", "two", "ox", "oy"]);
  });

  it("keep showing the same while an expression is half written", () => {
    const world = new World();
    world.send({
      sources: [source("x")],
      lines: [
        [0, at("01"), "aa"],
        [0, at("02"), "bb"],
      ],
    });
    world.store.setFilter({ regex: true });
    // Before anything was published: the toggle is not lost to what was seen last.
    world.store.setFilter({ text: "a" });
    world.store.setFilter({ text: "a(" });
    world.paint();
    expect(world.store.read().filter.problem).not.toBeNull();
    expect(world.texts).toEqual(["aa"]);
  });

  it("tell why there is nothing", () => {
    const world = new World();
    world.refuse();
    expect(world.store.read()).toMatchObject({ problem: { code: "not_recorded" }, searching: false });
    world.send({ problem: null });
    expect(world.store.read().problem).toBeNull();
  });

  it("tell of many changes once", () => {
    const world = new World();
    let told = 0;
    world.store.subscribe(() => (told += 1));
    world.send({ sources: [source("x")] });
    world.store.clear();
    world.store.setFilter({ text: "a", regex: false, invert: false });
    world.paint();
    expect(told).toBe(2);
  });

  it("are bounded, in what is shown too", () => {
    const world = new World();
    world.send({ sources: [source("x")] });
    for (let batch = 0; batch < 11; batch += 1) {
      const lines = Array.from({ length: 5_000 }, (_, each): [number, string, string] => {
        const number = batch * 5_000 + each;
        return [0, `2026-11-26T13:00:00.${String(number).padStart(9, "0")}Z`, `${number}`];
      });
      world.send({ lines });
    }
    const { shown, total, dropped } = world.store.read();
    expect([shown.length, total, dropped, shown[0]?.raw]).toEqual([50_000, 50_000, 5_000, "5000"]);
  });
});

describe("letters", () => {
  it("go on after Z", () =>
    expect([0, 25, 26, 51, 52, 702].map(lettersOf)).toEqual(["A", "Z", "AA", "AZ", "BA", "AAA"]));
});
