import { execFileSync } from "node:child_process";
import { bench, file } from "../lib/parts.mjs";
import { run } from "../lib/program.mjs";

const MB = 1024 ** 2;

/** The file is read as it is: importing the package around it takes seconds. */
const EXTRACT = `
import json, runpy, sys
data = json.loads(runpy.run_path(sys.argv[1] + "/moto/iam/aws_managed_policies.py")["aws_managed_policies_data"])
print(json.dumps({name: policy["Document"] for name, policy in data.items()}))
`;

/** AWS's managed policies, as a file of names and documents. */
function managedPolicies() {
  const python = process.env["PERISCOPE_AWS_PYTHON"];
  if (!python) throw new Error("moto with AWS's managed policies is not there: scripts/e2e-tools.sh aws");
  return file(
    "managed.json",
    execFileSync("python3", ["-c", EXTRACT, python], { maxBuffer: 256 * MB, encoding: "utf8" }),
  );
}

export async function iam(figures) {
  const { compile, decisions, index, forward, hostile, referenceMilliseconds } = await run(bench, [
    "iam",
    managedPolicies(),
  ]);
  const { policies, bytes, statements } = compile;
  decided(figures, decisions);
  figures.add(`${policies} managed policies parsed and compiled`, {
    value: compile.milliseconds,
    unit: "ms",
    atMost: 150,
    note: `${(bytes / MB).toFixed(1)} MB, ${statements} statements; as JSON values alone ${compile.jsonMilliseconds.toFixed(1)} ms`,
  });
  figures.add("the reference table decoded", {
    value: referenceMilliseconds,
    unit: "ms",
    atMost: 10,
    note: "once, at the first question",
  });
  indexed(figures, index);
  figures.add("the forward view of one role, the slowest of 100", {
    value: forward.worst,
    unit: "ms",
    atMost: 20,
    than: { value: forward.eachActionP50, what: "explaining each action" },
  });
  figures.add(`a pattern *a*a… of ${hostile.characters} characters, one decision`, {
    value: hostile.milliseconds,
    unit: "ms",
    atMost: 1,
  });
}

function decided(figures, { perSecond, explainedPerSecond, naivePerSecond }) {
  figures.add("decisions a second, compiled policies", {
    value: perSecond,
    unit: "/s",
    atLeast: 1_000_000,
    note: `${(perSecond / naivePerSecond).toFixed(1)} × walking the JSON, which knows no conditions`,
  });
  figures.add("decisions a second with explanation", {
    value: explainedPerSecond,
    unit: "/s",
    atLeast: 200_000,
    note: `1/${(perSecond / explainedPerSecond).toFixed(1)} of those without`,
  });
}

function indexed(figures, index) {
  const { p99, p50, questions, slowestQuestion, each } = index;
  figures.add(`who can, over ${index.roles} roles, p99`, {
    value: p99,
    unit: "ms",
    atMost: 5,
    note: `p50 ${p50.toFixed(2)} ms of ${questions} questions; the slowest: ${slowestQuestion}`,
  });
  figures.add("  one action on one resource", {
    value: each.indexMilliseconds,
    unit: "ms",
    than: { value: each.milliseconds, what: `deciding for each role; both find ${each.rows}` },
  });
  figures.add(`memory of ${index.roles} roles with ${index.policies} policies`, {
    value: index.bytes / MB,
    unit: "MB",
    atMost: 200,
    note: `${(index.policyBytes / MB).toFixed(0)} MB of documents, no two alike; built in ${Math.round(index.buildMilliseconds)} ms`,
  });
}
