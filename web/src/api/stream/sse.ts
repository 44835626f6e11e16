export interface SseMessage {
  event: string;
  data: string;
  id: string | null;
}

/** Parses a text/event-stream as it arrives; text may be cut anywhere. */
export class SseParser {
  private rest = "";
  private event = "";
  private id: string | null = null;
  private data: string[] = [];

  push(text: string): SseMessage[] {
    const messages: SseMessage[] = [];
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    for (const line of lines) {
      const message = line === "" ? this.finish() : this.field(line);
      if (message) messages.push(message);
    }
    return messages;
  }

  private field(line: string): null {
    const colon = line.indexOf(":");
    if (colon === 0) return null;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") this.event = value;
    if (name === "data") this.data.push(value);
    if (name === "id") this.id = value;
    return null;
  }

  private finish(): SseMessage | null {
    const { event, data, id } = this;
    this.event = "";
    this.data = [];
    return data.length > 0 ? { event: event || "message", data: data.join("\n"), id } : null;
  }
}
