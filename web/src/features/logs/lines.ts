// Lines as they are kept: a bounded run of them in the order of time. No React here.
import { plainText } from "./escapes";

export interface LogLine {
  /** Grows with arrival; stays with the line. */
  id: number;
  source: LogSourceId;
  /** RFC 3339; empty for what the kubelet itself says. */
  time: string;
  raw: string;
  /** There was no more room for it. */
  gone?: boolean;
  /** Made when somebody looks. */
  plain?: string;
  level?: Level | null;
  json?: JsonLine | null;
}

/** `pod/container`: places in the server's list are given again, this is not. */
export type LogSourceId = string;

export const sourceId = (pod: string, container: string): LogSourceId => `${pod}/${container}`;

export function plainOf(line: LogLine): string {
  return (line.plain ??= plainText(line.raw));
}

/** Lines kept. */
export const MOST_LINES = 50_000;
/** Characters kept: lines may be long. */
export const MOST_CHARACTERS = 24_000_000;
/** How far back a line that comes late is put into its place. */
const REACH = 2_000;

/** Times as text can be compared once the zone is off: it is always UTC. */
const order = (line: LogLine) => line.time.slice(0, -1);

/** Puts a line where its time says, as far as that is within reach; lines without a time stay where they came. */
export function insert(lines: LogLine[], line: LogLine): void {
  const time = order(line);
  let at = lines.length;
  if (time) {
    const least = Math.max(0, lines.length - REACH);
    while (at > least) {
      const before = lines[at - 1];
      if (!before?.time || order(before) <= time) break;
      at -= 1;
    }
  }
  if (at === lines.length) lines.push(line);
  else lines.splice(at, 0, line);
}

/** A bounded run of lines, oldest first; the oldest go when there is no more room. */
export class LogLines {
  readonly all: LogLine[] = [];
  /** How many have gone. */
  dropped = 0;
  private characters = 0;

  constructor(
    private readonly mostLines = MOST_LINES,
    private readonly mostCharacters = MOST_CHARACTERS,
  ) {}

  /** Adds a batch. Returns how many lines went. */
  add(batch: readonly LogLine[]): number {
    for (const line of batch) {
      this.characters += line.raw.length;
      insert(this.all, line);
    }
    return this.trim();
  }

  clear(): void {
    this.all.length = 0;
    this.characters = 0;
    this.dropped = 0;
  }

  private trim(): number {
    let gone = Math.max(0, this.all.length - this.mostLines);
    let characters = this.characters;
    for (let at = 0; at < this.all.length && (at < gone || characters > this.mostCharacters); at += 1) {
      characters -= this.all[at]?.raw.length ?? 0;
      gone = Math.max(gone, at + 1);
    }
    if (gone > 0) {
      for (const line of this.all.splice(0, gone)) line.gone = true;
      this.characters = characters;
      this.dropped += gone;
    }
    return gone;
  }
}

/** Where in a source's log we are: after a break, lines come a second time. */
export class Cursor {
  private at = "";
  private same = 0;
  private again = -1;

  goOn(): void {
    this.again = this.at ? this.same : -1;
  }

  isFresh(time: string): boolean {
    const key = time.slice(0, -1);
    if (!key) return true;
    if (this.again >= 0) {
      if (key < this.at) return false;
      if (key === this.at && this.again > 0) {
        this.again -= 1;
        return false;
      }
      if (key > this.at) this.again = -1;
    }
    if (key === this.at) this.same += 1;
    else if (key > this.at) [this.at, this.same] = [key, 1];
    return true;
  }
}

export type Level = "fatal" | "error" | "warn" | "info" | "debug" | "trace";

export interface JsonLine {
  value: Record<string, unknown>;
  message: string;
  /** What is left beside time, level and message: `key=value`. */
  fields: [key: string, value: string][];
}

/** By their names; not an object, which would know `constructor` too. */
const LEVELS = new Map<string, Level>([
  ["fatal", "fatal"],
  ["panic", "fatal"],
  ["critical", "fatal"],
  ["crit", "fatal"],
  ["emerg", "fatal"],
  ["alert", "fatal"],
  ["error", "error"],
  ["err", "error"],
  ["severe", "error"],
  ["warning", "warn"],
  ["warn", "warn"],
  ["info", "info"],
  ["information", "info"],
  ["notice", "info"],
  ["debug", "debug"],
  ["fine", "debug"],
  ["trace", "trace"],
]);
const KLOG: Record<string, Level> = { F: "fatal", E: "error", W: "warn", I: "info" };

function levelOf(value: unknown): Level | null {
  if (typeof value === "string") return LEVELS.get(value.toLowerCase()) ?? null;
  // As pino and bunyan number them.
  if (typeof value === "number" && value >= 10 && value <= 60)
    return (
      (["trace", "debug", "info", "warn", "error", "fatal"] as const)[Math.floor(value / 10) - 1] ?? null
    );
  return null;
}

const MESSAGE = ["msg", "message", "event", "text", "log", "short_message"];
const LEVEL = ["level", "severity", "lvl", "loglevel", "log.level", "levelname"];
const TIME = ["time", "ts", "timestamp", "@timestamp", "date", "datetime"];
/** A longer line is not taken apart before somebody opens it. */
const LONGEST_JSON = 20_000;
const LONGEST_VALUE = 200;

const shown = (value: unknown): string => {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
};

/** The object that a line is, if it is one. */
export function jsonOf(line: LogLine): JsonLine | null {
  if (line.json !== undefined) return line.json;
  return (line.json = parseJson(plainOf(line)));
}

function parseJson(text: string): JsonLine | null {
  const trimmed = text.trim();
  if (!trimmed.startsWith("{") || !trimmed.endsWith("}") || trimmed.length > LONGEST_JSON) return null;
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(trimmed) as Record<string, unknown>;
  } catch {
    return null;
  }
  const find = (names: string[]) => names.find((name) => Object.hasOwn(value, name));
  const message = find(MESSAGE);
  const left = new Set([message, find(LEVEL), find(TIME)]);
  return {
    value,
    message: message === undefined ? "" : shown(value[message]),
    fields: Object.entries(value)
      .filter(([key]) => !left.has(key))
      .map(([key, each]) => [key, shown(each)]),
  };
}

const IN_TEXT = /\b(FATAL|PANIC|CRITICAL|ERROR|ERR|SEVERE|WARNING|WARN|INFO|NOTICE|DEBUG|TRACE)\b/;
const LOGFMT = /(?:^|\s)(?:level|lvl|severity)=["']?([A-Za-z]+)/;
/** Where a level stands, if it stands anywhere. */
const HEAD = 120;

/** How bad a line says it is; null when it does not say. */
export function levelOfLine(line: LogLine): Level | null {
  if (line.level !== undefined) return line.level;
  return (line.level = findLevel(line));
}

function findLevel(line: LogLine): Level | null {
  const json = jsonOf(line);
  if (json) {
    const name = LEVEL.find((each) => Object.hasOwn(json.value, each));
    return name === undefined ? null : levelOf(json.value[name]);
  }
  const head = plainOf(line).slice(0, HEAD);
  const klog = /^([FEWI])\d{4} \d\d:/.exec(head)?.[1];
  if (klog) return KLOG[klog] ?? null;
  if (/^(?:panic|fatal error):/.test(head)) return "fatal";
  const word = LOGFMT.exec(head)?.[1] ?? IN_TEXT.exec(head)?.[1];
  return word ? (LEVELS.get(word.toLowerCase()) ?? null) : null;
}
