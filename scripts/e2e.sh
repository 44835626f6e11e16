#!/usr/bin/env bash
# The binary against real parts: kubectl, a real API server, a real browser. Arguments go to vitest (`e2e.sh suites/kubectl`).
# In CI (CI=1, PERISCOPE_E2E_REQUIRE_ALL=1, or a report is asked for) a missing part is a failure; elsewhere what needs it is skipped.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$root"

required=${CI:-}${PERISCOPE_E2E_REQUIRE_ALL:-}${PERISCOPE_E2E_REPORT:-}
[ -z "$required" ] || export PERISCOPE_E2E_REQUIRE_ALL=1
missing=()

# part WHAT-IS-SKIPPED COMMAND…: prepares a part; without it some tests are skipped, or all fail.
part() {
  local without=$1
  shift
  "$@" && return
  [ -z "$required" ] || die "$without could not be prepared, and nothing may be skipped here"
  missing+=("$without")
}

scripts/e2e-tools.sh kubectl
part "the real control plane (needs Go 1.26 and etcd)" scripts/e2e-tools.sh control-plane
part "the browser (needs Chromium)" scripts/e2e-tools.sh chromium
part "boto3, the AWS CLI and moto (need Python and pip)" scripts/e2e-tools.sh aws
PERISCOPE_AWS_PYTHON=$(scripts/e2e-tools.sh where-aws)
export PERISCOPE_AWS_PYTHON
PERISCOPE_CONTROL_PLANE=$(scripts/e2e-tools.sh where)
export PERISCOPE_CONTROL_PLANE
[ ! -x "$PERISCOPE_CONTROL_PLANE/kubectl" ] || export PATH="$PERISCOPE_CONTROL_PLANE:$PATH"

if [ -z "${PERISCOPE_BINARY:-}" ]; then
  make --no-print-directory build
  export PERISCOPE_BINARY="$CARGO_TARGET_DIR/release/periscope"
fi

cd e2e
stamp=node_modules/.periscope
now=$(cat package.json package-lock.json .npmrc | sha256sum)
if [ "$(cat "$stamp" 2>/dev/null)" != "$now" ]; then
  npm install --no-save --no-progress
  printf '%s\n' "$now" >"$stamp"
fi
npm run --silent lint

reporters=(--reporter=default)
[ -z "${PERISCOPE_E2E_REPORT:-}" ] || reporters+=(--reporter=json "--outputFile=$PERISCOPE_E2E_REPORT")
status=0
npx vitest run "${reporters[@]}" "$@" || status=$?
for without in "${missing[@]}"; do printf 'SKIPPED: what needs %s\n' "$without"; done
exit "$status"
