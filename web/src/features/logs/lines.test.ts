import { describe, expect, it } from "vitest";
import { Cursor, jsonOf, levelOfLine, LogLines, type LogLine } from "./lines";

let serial = 0;
const line = (time: string, raw = time): LogLine => ({
  id: (serial += 1),
  source: "api/app",
  time: time && `2026-11-26T13:00:${time}Z`,
  raw,
});
const texts = (lines: readonly LogLine[]) => lines.map(({ raw }) => raw);

describe("the lines that are kept", () => {
  it("are in the order of time, also when they come late", () => {
    const lines = new LogLines();
    lines.add([line("01.5"), line("03")]);
    lines.add([line("02"), line("", "kubelet"), line("01.25"), line("04")]);
    // What has no time stays where it came, and nothing is put before it.
    expect(texts(lines.all)).toEqual(["01.5", "02", "03", "kubelet", "01.25", "04"]);
  });
  it("keep the order of arrival at the same time", () => {
    const lines = new LogLines();
    lines.add([line("01", "a"), line("01", "b"), line("02", "d"), line("01", "c")]);
    expect(texts(lines.all)).toEqual(["a", "b", "c", "d"]);
  });
  it("are bounded in number, the oldest go", () => {
    const lines = new LogLines(3);
    expect(lines.add([line("01"), line("02")])).toBe(0);
    expect(lines.add([line("03"), line("04"), line("05")])).toBe(2);
    expect(texts(lines.all)).toEqual(["03", "04", "05"]);
    expect(lines.dropped).toBe(2);
  });
  it("are bounded in size", () => {
    const lines = new LogLines(100, 10);
    lines.add([line("01", "12345"), line("02", "12345")]);
    expect(lines.add([line("03", "123")])).toBe(1);
    expect(lines.all).toHaveLength(2);
    lines.clear();
    expect(lines.add([line("04", "1234567890")])).toBe(0);
  });
});

describe("after a break", () => {
  it("nothing is missed and nothing comes twice", () => {
    const all = ["01", "02", "02", "02", "03"];
    for (let broken = 0; broken <= all.length; broken += 1) {
      const cursor = new Cursor();
      const told = all.slice(0, broken).filter((time) => cursor.isFresh(`${time}Z`));
      cursor.goOn();
      told.push(...all.filter((time) => cursor.isFresh(`${time}Z`)));
      expect(told).toEqual(all);
    }
  });
});

describe("a line that is JSON", () => {
  const json = (value: unknown) => line("01", JSON.stringify(value));
  it("has its message first and the rest as fields", () => {
    const parsed = jsonOf(json({ level: "info", time: "x", msg: "request", status: 200, tags: ["a"] }));
    expect(parsed?.message).toBe("request");
    expect(parsed?.fields).toEqual([
      ["status", "200"],
      ["tags", '["a"]'],
    ]);
  });
  it.each(["{", "[1]", '"x"', "{not json}", "", "1"])("%s is none", (text) =>
    expect(jsonOf(line("01", text))).toBeNull(),
  );
  it("may name what every object has", () => {
    expect(jsonOf(line("01", '{"__proto__":{"x":1},"constructor":2}'))?.fields).toEqual([
      ["__proto__", '{"x":1}'],
      ["constructor", "2"],
    ]);
    expect(levelOfLine(line("01", '{"level":"constructor"}'))).toBeNull();
  });
});

describe("how bad a line is", () => {
  it.each([
    ['{"level":"error"}', "error"],
    ['{"severity":"WARNING"}', "warn"],
    ['{"level":50}', "error"],
    ['{"level":30}', "info"],
    ['{"msg":"ERROR"}', null],
    ["E1126 13:00:00.1 1 main.go:1] no", "error"],
    ["2026-11-26 13:00:00 WARN slow", "warn"],
    ["time=x level=debug msg=y", "debug"],
    ["panic: runtime error", "fatal"],
    ["the error of our ways", null],
    ["\u001b[31mERROR\u001b[0m x", "error"],
    ["GET /errors 200", null],
  ])("%s: %s", (text, level) => expect(levelOfLine(line("01", text))).toBe(level));
});
