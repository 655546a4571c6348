# SPDX-License-Identifier: Apache-2.0
# The commands people type. Each one sets up the machine first (quick when nothing is to do).
# All work is done by the scripts in scripts/; this file only names them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup build demo test test-quick test-network reverts check format book-help bench clean-data

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  Everything built is kept in ~/.cache/bspp (CARGO_TARGET_DIR moves it). README.md says how long each takes."

setup: ## Install what a build needs: system packages, Rust, its wasm target
	@scripts/setup.sh

build: setup ## Build bspp-node, bspp and bspp-network (release profile)
	@scripts/build.sh

demo: build ## Two hospitals and a consortium on this machine, end to end; ARGS=--stay keeps them running
	@scripts/demo.sh $(ARGS)

test-quick: setup ## Tests without networks, for the loop of a developer
	@scripts/test.sh quick

test: setup ## Build, then all tests; ends with "N passed, N failed, N skipped"
	@scripts/test.sh

test-network: setup ## Networks of real and of faulty nodes; NAME=part-of-a-name runs some
	@scripts/test.sh network $(NAME)

reverts: setup ## Remove one defence at a time: the tests of its attack must fail; NAME=part-of-a-name-or-attacker
	@. scripts/env.sh && python3 tests/attacks/reverts.py $(if $(NAME),"$(NAME)")

check: ## Formatting, clippy, shellcheck, licences and sources of dependencies, documentation
	@scripts/setup.sh --check-tools
	@scripts/check.sh

format: ## Format all Rust code
	@. scripts/env.sh && cargo fmt --all && cargo fmt --manifest-path zombienet/Cargo.toml

book-help: build ## Write the help texts of the binaries into the book
	@scripts/book-help.sh

bench: build ## Run the benchmarks: what the gate and the tag index cost, side by side
	@scripts/bench.sh

clean-data: ## Remove the demo's and the tests' chains, keys and logs; keeps everything built
	@scripts/clean-data.sh
