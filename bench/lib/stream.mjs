import { get } from "node:http";

/** A tab's stream, read like a browser does; `pause` and `resume` make it a slow one. */
export class Stream {
  #text = "";
  #waiting = new Set();
  /** By subscription: the window as this tab knows it. */
  windows = new Map();
  resets = 0;
  frames = 0;

  static async open(url, cookie) {
    const stream = new Stream();
    stream.url = url;
    stream.headers = cookie ? { cookie } : {};
    stream.response = await new Promise((resolve, reject) => {
      get(`${url}/api/stream`, { headers: stream.headers, highWaterMark: 16384 }, resolve).on(
        "error",
        reject,
      );
    });
    stream.response.setEncoding("utf8");
    stream.response.on("data", (text) => stream.#read(text));
    stream.response.on("error", () => undefined);
    stream.id = await new Promise((resolve) => (stream.hello = resolve));
    return stream;
  }

  async subscribe(name, subscription) {
    const response = await fetch(`${this.url}/api/stream/${this.id}/subscriptions/${name}`, {
      method: "PUT",
      body: JSON.stringify(subscription),
      headers: { ...this.headers, "content-type": "application/json" },
    });
    if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
  }

  /** Until `holds` of the stream, looked at after every event; gives up after a while. */
  until(what, holds, seconds = 60) {
    if (holds(this)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!holds(this)) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`${what}: not within ${seconds} s`));
      }, seconds * 1000);
      this.#waiting.add(look);
    });
  }

  /** Until all clusters of a window are live. */
  live(name, seconds = 120) {
    const live = ({ windows }) => windows.get(name)?.clusters?.every(({ state }) => state.phase === "live");
    return this.until(`${name} is live`, (stream) => live(stream) === true, seconds);
  }

  close() {
    this.response.destroy();
  }

  #read(text) {
    this.#text += text;
    const events = this.#text.split("\n\n");
    this.#text = events.pop();
    for (const event of events) this.#event(event);
    for (const look of [...this.#waiting]) look();
  }

  #event(text) {
    const field = (name) =>
      text
        .split("\n")
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2);
    const data = field("data") && JSON.parse(field("data"));
    if (field("event") === "hello") this.hello(data.stream);
    if (field("event") === "window") this.#window(data);
  }

  #window(data) {
    const before = this.windows.get(data.sub);
    if (data.reset && before) this.resets += 1;
    this.frames += 1;
    const rows = new Map(data.reset || !before ? [] : before.rows);
    for (const row of data.rows ?? []) rows.set(row.id, row);
    const order = data.order ?? (data.reset ? [] : (before?.order ?? []));
    const kept = new Map(order.flatMap((id) => (rows.has(id) ? [[id, rows.get(id)]] : [])));
    this.windows.set(data.sub, { ...before, ...data, order, rows: kept });
  }
}
