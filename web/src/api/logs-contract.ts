// The shapes of followed logs, by the names the console uses.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type LogsWanted = Schemas["LogsWanted"];
export type LogPhase = Schemas["LogPhase"];
export type LogSource = Schemas["LogSource"];
export type LogTrouble = Schemas["LogTrouble"];
export type LogsEvent = Schemas["LogsEvent"];
