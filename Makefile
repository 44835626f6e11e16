# The usual day. Each target is a few lines; scripts/ has the rest.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/periscope/target
export PERISCOPE_TOOLS ?= $(HOME)/.cache/periscope/tools
export PATH := $(PERISCOPE_TOOLS)/bin:$(PATH)
periscope := $(CARGO_TARGET_DIR)/release/periscope

.PHONY: help demo build test test-rust test-console soak e2e bench lint generate fmt dev

help: ## this list
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 12

demo: build ## the console over three living clusters; ARGS="--pods 30000" passes flags on
	$(periscope) demo $(ARGS)

build: ## the release binary with the console in it: one file
	scripts/setup.sh
	scripts/web.sh build
	cargo build --release --locked --package periscope
	@ls -l $(periscope)

test: test-rust test-console ## everything that needs nothing but this checkout

test-rust:
	scripts/setup.sh test
	scripts/web.sh install
	cargo test --workspace --locked --no-fail-fast

test-console:
	scripts/setup.sh test
	scripts/web.sh install
	npm --prefix web test -- $(VITEST)

soak: ## kills the process that writes the record, ROUNDS=500 times, and fails its disk
	scripts/setup.sh
	cargo test --release --locked --package periscope-audit --test soak -- --rounds $(or $(ROUNDS),500)

e2e: ## the same against a real kube-apiserver and a real browser; needs Go
	scripts/setup.sh
	scripts/e2e.sh $(ARGS)

bench: ## measures; each figure a ratio to something measured in the same run
	scripts/setup.sh
	scripts/bench.sh $(ARGS)

lint: ## formats, lints, documentation, dependencies, and the project's own rules
	scripts/setup.sh lint
	scripts/web.sh install
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --no-deps --locked
	cargo fetch --locked
	cargo deny --offline --log-level error check licenses bans sources
	cargo machete
	npm --prefix web run lint
	cargo run --quiet --locked --package xtask -- check
	cargo run --quiet --locked --package xtask -- generated

generate: ## writes what is generated from the code: references, the API description, the console's types
	scripts/web.sh install
	cargo run --quiet --package xtask -- generated --write

fmt: ## formats the Rust code
	cargo fmt --all

dev: ## the console with hot reload over the demo world
	scripts/setup.sh
	scripts/web.sh install
	scripts/dev.sh $(ARGS)
