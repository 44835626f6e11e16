# Sourced by every script: where builds and tools are kept, outside the checkout so that a fresh clone finds them again.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/periscope/target}"
export PERISCOPE_TOOLS="${PERISCOPE_TOOLS:-$HOME/.cache/periscope/tools}"
export PATH="$PERISCOPE_TOOLS/bin:$PATH"
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

die() { printf '%s\n' "$*" >&2; exit 1; }

# apt_install COMMAND PACKAGE: only when the command is missing.
apt_install() {
  command -v "$1" >/dev/null && return
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || die "$1 is missing: install the package $2"
  [ -n "${apt_updated:-}" ] || apt-get update -qq
  apt_updated=1
  apt-get install -y -qq --no-install-recommends "$2" >/dev/null
}
