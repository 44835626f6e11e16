#!/usr/bin/env bash
# Builds what is measured, measures, prints one table. `bench.sh` everything (about ten minutes), or only the parts named:
# memory sync lists latency browser viewers real start audit logs iam. Figures and limits: docs/benchmarks.md.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$root"

apt_install chromium chromium
apt_install etcd etcd-server
# The real API server and what is measured beside are compiled once; without Go the figures that need it say so.
if command -v go >/dev/null; then
  scripts/e2e-tools.sh control-plane || printf 'kube-apiserver could not be built\n' >&2
  (cd bench/relay && CGO_ENABLED=0 go build -trimpath -o "$CARGO_TARGET_DIR/release/periscope-bench-relay" .)
fi
# AWS's managed policies come with moto; without Python the figures that need them say so.
if scripts/e2e-tools.sh aws; then
  PERISCOPE_AWS_PYTHON=$(scripts/e2e-tools.sh where-aws)
  export PERISCOPE_AWS_PYTHON
fi
scripts/web.sh build
cargo build --release --locked --quiet --package periscope --package periscope-bench
[ -d bench/node_modules/playwright-core ] || npm --prefix bench install --no-save --no-progress
exec node bench/run.mjs "$@"
