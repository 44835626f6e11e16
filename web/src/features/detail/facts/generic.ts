// Every kind nobody wrote a page for, custom resources above all.
import type { Tone } from "@/api/contract";
import type { Block, Facts, Subject, Verdict } from "./model";
import { conditionsBlock, readConditions } from "./conditions";
import { isEmpty, rec, str, text } from "./read";
import { since } from "./spans";

const HEAD = new Set(["apiVersion", "kind", "metadata", "spec", "status"]);
/** Conditions that speak for the whole object, the strongest first. */
const SUMMARY = [
  "Ready",
  "Available",
  "Healthy",
  "Synced",
  "Accepted",
  "Programmed",
  "Established",
  "Reconciled",
  "Succeeded",
  "Complete",
];
const GOOD =
  /^(active|ready|available|bound|healthy|running|synced|succeeded|complete|completed|ok|true|established|up)$/i;
const BAD = /(fail|error|degraded|invalid|unhealthy|lost|missing)/i;

const phaseTone = (phase: string): Tone => (GOOD.test(phase) ? "ok" : BAD.test(phase) ? "danger" : "neutral");

/** What the object says of itself: a summarising condition, else a phase, else nothing. */
export function genericVerdict({ status }: Subject): Verdict | null {
  const conditions = readConditions(status);
  const broken = conditions.find((each) => each.tone === "danger");
  const told = SUMMARY.map((type) => conditions.find((each) => each.type === type)).find(Boolean) ?? broken;
  if (told) {
    const good = told.status === "True" && told.tone === "ok";
    const negative = told.type.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
    const word =
      told.status === "True"
        ? told.type
        : told.status === "Unknown"
          ? `${told.type} unknown`
          : `Not ${negative}`;
    // A summary often only points at another condition: that one says why.
    const causes = conditions.filter(
      (each) => each !== told && each.tone !== "ok" && each.tone !== "neutral" && each.message,
    );
    const why = causes.slice(0, 3).map((each) => `${each.type}: ${each.message ?? ""}`);
    const pointer = /^[A-Za-z]+=(False|Unknown)(, [A-Za-z]+=(False|Unknown))*$/.test(told.message ?? "");
    const own = pointer && why.length > 0 ? [] : [told.message ?? told.reason ?? ""];
    return {
      tone: told.tone,
      status: good ? told.type : (told.reason ?? word),
      title: [word, ...since(told.since, "for")],
      detail: good ? [] : [...own, ...why],
    };
  }
  const phase = str(status["phase"]) ?? str(status["state"]) ?? str(rec(status["health"])["status"]);
  return phase
    ? {
        tone: phaseTone(phase),
        status: phase,
        title: phase,
        detail: str(status["message"]) ? [text(status["message"])] : [],
      }
    : null;
}

export function genericFacts(subject: Subject): Facts {
  const status = Object.fromEntries(Object.entries(subject.status).filter(([key]) => key !== "conditions"));
  const rest = Object.fromEntries(Object.entries(rec(subject.object)).filter(([key]) => !HEAD.has(key)));
  const tree = (title: string, value: unknown): Block[] =>
    isEmpty(value) ? [] : [{ type: "tree", title, value }];
  return {
    verdict: genericVerdict(subject),
    main: [
      { type: "printer" },
      ...conditionsBlock(readConditions(subject.status)),
      ...tree("Status", status),
      ...tree("Spec", subject.spec),
      ...tree("Contents", rest),
      { type: "events" },
    ],
    side: [],
  };
}
