#!/usr/bin/env bash
# The console. `web.sh install` its packages, `web.sh build` also web/dist; each only when its inputs changed.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$root/web"

stamps=node_modules/.periscope

# digest PATH…: of names and contents.
digest() { find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum; }

# fresh NAME DIGEST
fresh() { [ "$(cat "$stamps/$1" 2>/dev/null)" = "$2" ]; }
stamp() { mkdir -p "$stamps" && printf '%s\n' "$2" >"$stamps/$1"; }

install() {
  local now
  now=$(digest package.json package-lock.json .npmrc)
  fresh install "$now" && return
  # Not `npm ci`: it refuses a lock file that lacks the binaries of other platforms, and not every registry has those.
  # This takes the locked versions too, checks their hashes, and leaves the lock file alone.
  npm install --no-save --no-progress
  stamp install "$now"
}

build() {
  local now
  now=$(digest package.json package-lock.json index.html vite.config.ts tsconfig.json src public scripts)
  [ -f dist/index.html ] && fresh build "$now" && return
  npm run --silent build
  stamp build "$now"
}

case "${1:-build}" in
  install) install ;;
  build) install; build ;;
  *) die "usage: web.sh [install | build]" ;;
esac
