import { plainOf, type LogLine } from "./lines";
import type { LogSnapshot } from "./log-store";

/** Control characters could act where the text is pasted: a terminal would take a line break for Enter. */
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

export const copyable = (line: LogLine): string => plainOf(line).replace(CONTROL, "\ufffd");

/** What is shown, as text: time, pod and container before each line where they are shown. */
export function linesAsText({ shown, sources }: LogSnapshot, times: boolean): string {
  const several = sources.length > 1;
  return shown
    .map((line) =>
      [times && line.time, several && line.source, copyable(line)].filter((part) => part !== false).join(" "),
    )
    .join("\n");
}
