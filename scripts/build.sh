#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the whole workspace in the release profile: bspp-node, bspp, bspp-network and the wasm of
# both runtimes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/env.sh

started="$(now)"
if [ -x "$CARGO_TARGET_DIR/release/bspp-node" ]; then
    say "build: what changed since the last one (nothing: seconds; a runtime: 3 to 8 minutes)"
else
    say "build: everything, for the first time; about 20 to 30 minutes on two cores, about 1,100 units."
    say "       slowest: the SDK's network and executor, the two runtimes to wasm, the node"
fi
# The selection is the whole workspace, so that tests and lints can use the same build.
cargo build --release --workspace --locked || fail "the build failed" "read the first error above"
say "built bspp-node, bspp and bspp-network in $CARGO_TARGET_DIR/release ($(elapsed "$started"))"
