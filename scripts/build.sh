#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the whole workspace in the release profile: bspp-node, bspp and both runtimes' wasm.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/env.sh

started="$(now)"
if [ -x "$CARGO_TARGET_DIR/release/bspp-node" ]; then
    say "build: what changed since the last one (nothing: seconds; a runtime: 3 to 8 minutes)"
else
    say "build: everything, for the first time; 45 to 60 minutes on two cores, about 1,000 crates."
    say "       slowest: Binaryen in C++ (10 min), the two runtimes to wasm (4 min each), the node's link (4 min)"
fi
# The whole workspace, not two packages: tests and lints then find the same build.
cargo build --release --workspace --locked || fail "the build failed" "read the first error above"
say "built bspp-node and bspp in $CARGO_TARGET_DIR/release ($(elapsed "$started"))"
