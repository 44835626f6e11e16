// The shapes of permissions asked for, actions and their runs, by the names the console uses.
import type { components } from "./schema";

type Schemas = components["schemas"];

/** Whether the human may, and who could let them. */
export type CanI = Schemas["PermissionAnswer"];
export type CanIAnswer = Schemas["CanIAnswer"];

export type Action = Schemas["Action"];
export type ActionType = Action["type"];
export type Propagation = Schemas["Cascade"];
export type Target = Schemas["ActionTarget"];
export type Notice = Schemas["ActionNotice"];
export type ActionPreview = Schemas["ActionPreview"];
export type TargetPreview = Schemas["TargetPreview"];
export type DrainPlanPod = Schemas["PlannedPod"];
export type ActionRun = Schemas["ActionRun"];
export type RunList = Schemas["RunList"];
export type ActionResult = Schemas["ActionResult"];
export type ResultState = Schemas["ResultState"];
export type DrainRunPod = Schemas["DrainedPod"];
export type Revision = Schemas["Revision"];
export type RevisionList = Schemas["RevisionList"];
export type RevealedKey = Schemas["RevealedKey"];
