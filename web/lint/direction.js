// The direction of imports: app → features → components → ui, api, lib. No feature imports another.
import path from "node:path";

const ALLOWED = {
  app: ["app", "features", "components", "ui", "api", "lib", "styles"],
  features: ["components", "ui", "api", "lib"],
  components: ["components", "ui", "api", "lib"],
  api: ["api", "lib"],
  ui: ["ui", "lib"],
  lib: ["lib"],
};

/** The layer and, inside features, the feature a file under src/ belongs to. */
export function place(file) {
  const parts = file.split(/[\\/]/);
  const start = parts.lastIndexOf("src");
  if (start < 0 || parts.length < start + 3) return null;
  return { layer: parts[start + 1], feature: parts[start + 1] === "features" ? parts[start + 2] : null };
}

/** Why `from` may not import `source`, or null when it may. */
export function refusal(from, source) {
  const target = source.startsWith("@/")
    ? `src/${source.slice(2)}`
    : source.startsWith(".")
      ? path.join(path.dirname(from), source)
      : null;
  const origin = place(from);
  const goal = target && place(target);
  if (!origin || !goal || !(origin.layer in ALLOWED)) return null;
  if (origin.layer === "features" && goal.layer === "features") {
    return origin.feature === goal.feature
      ? null
      : `the feature ${origin.feature} may not import the feature ${goal.feature}`;
  }
  return ALLOWED[origin.layer].includes(goal.layer) ? null : `${origin.layer} may not import ${goal.layer}`;
}

export const direction = {
  meta: { type: "problem", schema: [], messages: { refused: "{{why}}" } },
  create(context) {
    const check = (node) => {
      if (typeof node.source?.value !== "string") return;
      const why = refusal(context.filename, node.source.value);
      if (why) context.report({ node: node.source, messageId: "refused", data: { why } });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};
