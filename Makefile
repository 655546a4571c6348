# SPDX-License-Identifier: Apache-2.0
# The commands people type. Each one sets up the machine first (quick when nothing is to do).
# All work is done by the scripts in scripts/; this file only names them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup build demo test test-network check bench clean-data

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  First build on two cores: 45 to 60 minutes. Everything built is kept in ~/.cache/bspp (CARGO_TARGET_DIR moves it)."

setup: ## Install what a build needs: system packages, Rust, its wasm target
	@scripts/setup.sh

build: setup ## Build bspp-node and bspp (release profile)
	@scripts/build.sh

demo: build ## Two hospitals and a consortium on this machine, end to end (under five minutes once built)
	@scripts/demo.sh $(ARGS)

test: setup ## Build, then all tests; ends with "N passed, N failed"
	@scripts/test.sh

test-network: build ## Networks of real and of faulty nodes (30 minutes); NAME=part-of-a-name runs some
	@scripts/test-network.sh $(NAME)

check: ## Formatting, clippy, licences and sources of dependencies, documentation
	@scripts/setup.sh --check-tools
	@scripts/check.sh

bench: build ## Run the benchmarks: what the gate costs, side by side (10 minutes)
	@scripts/bench.sh

clean-data: ## Remove the demo's and the tests' chains, keys and logs; keeps everything built
	@scripts/clean-data.sh
