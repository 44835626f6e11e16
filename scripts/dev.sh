#!/usr/bin/env bash
# The demo world with the API on 8080, and the console with hot reload on 5173; Ctrl-C ends both.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$root"

cargo build --package periscope
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
"$CARGO_TARGET_DIR/debug/periscope" demo --listen 127.0.0.1:8080 "$@" &
npm --prefix web run dev &
wait -n
