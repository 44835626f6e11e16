/** Small and seeded: the same seed makes the same choices on every machine (mulberry32). */
export class Random {
  private state: number;

  constructor(readonly seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 up to, not including, 1. */
  unit(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number {
    return Math.floor(this.unit() * end);
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  /** Between `least` and `most` different items. */
  some<T>(items: readonly T[], least: number, most: number): T[] {
    const left = [...items];
    const count = Math.min(left.length, least + this.below(most - least + 1));
    return Array.from({ length: count }, () => left.splice(this.below(left.length), 1)).flat();
  }
}

/** From PERISCOPE_E2E_SEED, to repeat a run; else a new one, which is printed. */
export function seed(): number {
  const given = process.env["PERISCOPE_E2E_SEED"];
  const chosen = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
  console.info(`PERISCOPE_E2E_SEED=${chosen}`);
  return chosen;
}
