import { Program } from "./program.mjs";
import { bench } from "./parts.mjs";

/** Many readers of one list, in a process of their own. */
export class Viewers {
  static async of(url, count, { plain, subscription, logs } = {}) {
    const viewers = new Viewers();
    const args = ["viewers", "--address", new URL(url).host, "--count", String(count)];
    if (plain) args.push("--plain", plain);
    if (subscription) args.push("--subscription", JSON.stringify(subscription));
    if (logs) args.push("--logs", String(logs));
    viewers.program = new Program(bench, args);
    const { viewers: ready } = await viewers.program.json();
    if (ready !== count) throw new Error(`${ready} viewers instead of ${count}`);
    return viewers;
  }

  /** What all have got so far. */
  count() {
    return this.program.ask("count");
  }

  stop() {
    return this.program.stop();
  }
}
