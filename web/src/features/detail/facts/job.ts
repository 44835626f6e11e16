import { formatDuration } from "@/lib/age";
import type { Block, Facts, Gauge, Subject, Value, Verdict } from "./model";
import { conditionsBlock, readConditions } from "./conditions";
import { templateBlock } from "./containers";
import { nextRun, scheduleWords } from "./cron";
import { podsBlock } from "./workload";
import { count, dig, num, rec, recs, str, text } from "./read";
import { fact, link, mono, muted, selectorSpan, since } from "./spans";

function jobVerdict({ spec, status }: Subject): Verdict {
  const failed = readConditions(status).find((each) => each.type === "Failed" && each.status === "True");
  const complete = readConditions(status).find((each) => each.type === "Complete" && each.status === "True");
  const wanted = num(spec["completions"]);
  const done = count(status["succeeded"]);
  const attempts = count(status["failed"]);
  const tried =
    attempts > 0
      ? [
          `${attempts} failed ${attempts === 1 ? "attempt" : "attempts"}, limit ${num(spec["backoffLimit"]) ?? 6}`,
        ]
      : [];
  if (failed)
    return {
      tone: "danger",
      status: "Failed",
      title: ["Failed", ...since(failed.since), "ago"],
      detail: [failed.message ?? failed.reason ?? "", ...tried],
    };
  if (complete) {
    const [from, to] = [Date.parse(text(status["startTime"])), Date.parse(text(status["completionTime"]))];
    const took = Number.isFinite(to - from) ? [`took ${formatDuration((to - from) / 1000)}`] : [];
    return {
      tone: "ok",
      status: "Complete",
      title: ["Completed", ...since(str(status["completionTime"]) ?? complete.since), "ago"],
      detail: [...took, ...tried],
    };
  }
  if (spec["suspend"] === true)
    return { tone: "neutral", status: "Suspended", title: "Suspended", detail: [] };
  const title: Value = [
    wanted === undefined ? "Running" : `Running: ${done} of ${wanted} done`,
    ...since(str(status["startTime"]), "for"),
  ];
  return { tone: attempts > 0 ? "warning" : "ok", status: "Running", title, detail: tried };
}

export function jobFacts(subject: Subject): Facts {
  const { spec, status } = subject;
  const wanted = num(spec["completions"]);
  const done = count(status["succeeded"]);
  const bar: Gauge[] =
    wanted === undefined
      ? []
      : [
          {
            label: "Completions",
            unit: "count",
            total: wanted,
            used: done,
            tone: done >= wanted ? "ok" : "accent",
            text: `${done} / ${wanted}`,
          },
        ];
  const ttl = num(spec["ttlSecondsAfterFinished"]);
  return {
    verdict: jobVerdict(subject),
    main: [
      { type: "gauges", title: "Progress", items: bar },
      podsBlock(subject, spec["selector"]),
      ...templateBlock(subject, rec(dig(spec, "template", "spec"))),
      { type: "events" },
    ],
    side: [
      ...conditionsBlock(readConditions(status)),
      {
        type: "facts",
        title: "Settings",
        facts: [
          ...fact(
            "Pods",
            `${count(status["active"])} active · ${done} succeeded · ${count(status["failed"])} failed`,
          ),
          ...fact("Parallelism", text(spec["parallelism"])),
          ...fact("Mode", str(spec["completionMode"])),
          ...fact("Attempts", `up to ${num(spec["backoffLimit"]) ?? 6} retries`),
          ...fact(
            "Deadline",
            num(spec["activeDeadlineSeconds"])
              ? formatDuration(count(spec["activeDeadlineSeconds"]))
              : undefined,
          ),
          ...fact(
            "Cleaned up",
            ttl === undefined ? muted("by nobody but its owner") : `${formatDuration(ttl)} after its end`,
          ),
          ...fact(
            "Started",
            since(str(status["startTime"])).concat(str(status["startTime"]) ? [{ text: "ago" }] : []),
          ),
          ...fact("Selector", selectorSpan(subject, spec["selector"])),
        ],
      },
    ],
  };
}

function cronVerdict(subject: Subject): Verdict {
  const { spec, status } = subject;
  const schedule = text(spec["schedule"]);
  const words = scheduleWords(schedule);
  const active = recs(status["active"]).length;
  if (words === null)
    return {
      tone: "warning",
      status: "Unreadable",
      title: "The schedule cannot be read",
      detail: [[mono(schedule)]],
    };
  const said = `${words[0]?.toUpperCase() ?? ""}${words.slice(1)}`;
  if (spec["suspend"] === true)
    return { tone: "notice", status: "Suspended", title: "Suspended: no job is started", detail: [said] };
  const [last, good] = [str(status["lastScheduleTime"]), str(status["lastSuccessfulTime"])];
  const next = nextRun(schedule, subject.nowSeconds, text(spec["timeZone"], "UTC"));
  const detail: Value[] = [
    last
      ? [
          "last run",
          ...since(last),
          "ago",
          ...(good ? [muted("· last success"), ...since(good), "ago"] : [muted("· no success on record")]),
        ]
      : "never run yet",
  ];
  if (next !== null)
    detail.push([
      "next",
      mono(new Date(next * 1000).toISOString().slice(0, 16).replace("T", " ")),
      "UTC,",
      `in ${formatDuration(next - subject.nowSeconds)}`,
    ]);
  const behind =
    last !== undefined && active === 0 && (good === undefined || Date.parse(good) < Date.parse(last));
  if (behind)
    return {
      tone: "warning",
      status: "Last run failed",
      title: "The last run has not succeeded",
      detail: [said, ...detail],
    };
  return { tone: "ok", status: active > 0 ? "Active" : "Scheduled", title: said, detail };
}

export function cronJobFacts(subject: Subject): Facts {
  const { spec } = subject;
  const active: Value[] = recs(subject.status["active"]).map((each) =>
    link(subject, "jobs.batch", str(each["name"])),
  );
  const jobs: Block = { type: "related", title: "Last runs", relations: ["owns"], kinds: ["jobs.batch"] };
  return {
    verdict: cronVerdict(subject),
    main: [
      jobs,
      ...templateBlock(subject, rec(dig(spec, "jobTemplate", "spec", "template", "spec"))),
      { type: "events" },
    ],
    side: [
      {
        type: "facts",
        title: "Schedule",
        facts: [
          ...fact("Schedule", [mono(text(spec["schedule"]))]),
          ...fact("Time zone", str(spec["timeZone"]) ?? muted("that of the controller, UTC here")),
          ...fact(
            "When it overlaps",
            { Allow: "both run", Forbid: "the new run is skipped", Replace: "the old run is replaced" }[
              text(spec["concurrencyPolicy"], "Allow")
            ],
          ),
          ...fact(
            "Start deadline",
            num(spec["startingDeadlineSeconds"])
              ? formatDuration(count(spec["startingDeadlineSeconds"]))
              : undefined,
          ),
          ...fact(
            "Kept",
            `${num(spec["successfulJobsHistoryLimit"]) ?? 3} successful, ${num(spec["failedJobsHistoryLimit"]) ?? 1} failed`,
          ),
          ...fact("Running now", ...active),
        ],
      },
      ...conditionsBlock(readConditions(subject.status)),
    ],
  };
}
