import { accessSync, constants, existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** What scripts/e2e.sh found; run by hand, the usual places. */
const env = (name: string) => process.env[name] || null;

const usable = (file: string) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const target = env("CARGO_TARGET_DIR") ?? join(homedir(), ".cache/periscope/target");

/** The binary under test. */
export const periscopeBinary = env("PERISCOPE_BINARY") ?? join(target, "release/periscope");

/** The folder with kube-apiserver and its kin, or null where it could not be built. */
export const controlPlaneFolder = ((): string | null => {
  const folder = env("PERISCOPE_CONTROL_PLANE");
  return folder && usable(join(folder, "kube-apiserver")) ? folder : null;
})();

export const chromium = ((): string | null => {
  const file = env("PERISCOPE_CHROMIUM") ?? "/usr/bin/chromium";
  return usable(file) ? file : null;
})();

/** The folder with boto3, the AWS CLI and moto, or null where pip could not give them. */
export const awsPythonFolder = ((): string | null => {
  const folder = env("PERISCOPE_AWS_PYTHON");
  return folder && existsSync(join(folder, "boto3")) ? folder : null;
})();

/** Where nothing may be missing, a tier that cannot run is a failure. */
export const requireAll = Boolean(env("CI") ?? env("PERISCOPE_E2E_REQUIRE_ALL"));

if (requireAll && controlPlaneFolder === null)
  throw new Error("PERISCOPE_CONTROL_PLANE names no folder with kube-apiserver: run scripts/e2e.sh");
if (requireAll && chromium === null) throw new Error("chromium is missing");
if (requireAll && awsPythonFolder === null)
  throw new Error("PERISCOPE_AWS_PYTHON names no folder with boto3: run scripts/e2e.sh");
