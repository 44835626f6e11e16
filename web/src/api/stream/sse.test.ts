import { describe, expect, it } from "vitest";
import { SseParser } from "./sse";

const STREAM =
  'id: 1\nevent: hello\ndata: {"stream":"a"}\n\n: ping\n\nevent: window\ndata: {"x":\ndata: 1}\n\n';
const MESSAGES = [
  { event: "hello", data: '{"stream":"a"}', id: "1" },
  { event: "window", data: '{"x":\n1}', id: "1" },
];

describe("an event stream", () => {
  it("gives whole messages and leaves comments out", () =>
    expect(new SseParser().push(STREAM)).toEqual(MESSAGES));
  it("may be cut anywhere", () => {
    for (let at = 1; at < STREAM.length; at += 1) {
      const parser = new SseParser();
      expect([...parser.push(STREAM.slice(0, at)), ...parser.push(STREAM.slice(at))]).toEqual(MESSAGES);
    }
  });
  it("understands CRLF, cut between the two", () => {
    const parser = new SseParser();
    expect([...parser.push("data: a\r"), ...parser.push("\n\r\n")]).toEqual([
      { event: "message", data: "a", id: null },
    ]);
  });
  it("gives nothing for an event without data", () =>
    expect(new SseParser().push("event: x\n\n")).toEqual([]));
});
