#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Networks of real nodes, some of them faulty, on zombienet-sdk (native provider): conformance, finality, upgrades.
# The node's binaries must be built; `make test-network` does it. Arguments go to the test binaries: a name runs what contains it.
#
#   test-network.sh --build-only    only builds the tests, and the runtime that they upgrade to
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/env.sh

export BSPP_BINARIES="$CARGO_TARGET_DIR/release"
export BSPP_NETWORK_DIR="${BSPP_NETWORK_DIR:-$BSPP_CACHE/zombienet}"
export BSPP_UPGRADE_WASM="$BSPP_BINARIES/wbuild-variants/next-gate-parameters.wasm"
# A workspace of its own: zombienet-sdk needs another branch of the SDK than the node.
tests=(cargo test --locked --manifest-path zombienet/Cargo.toml)
zombienet_target="${CARGO_TARGET_DIR}-zombienet"

[ -x "$BSPP_BINARIES/bspp-node" ] && [ -x "$BSPP_BINARIES/bspp-faulty-node" ] \
    || fail "the nodes are not built" "run: make build"

runtime="$BSPP_BINARIES/wbuild/bspp-consortium-runtime/bspp_consortium_runtime.wasm"
if [ ! -f "$BSPP_UPGRADE_WASM" ] || [ "$runtime" -nt "$BSPP_UPGRADE_WASM" ]; then
    scripts/runtime-variant.sh next-gate-parameters "$BSPP_UPGRADE_WASM"
fi
say "building the network tests (the first time: 5 to 12 minutes)"
CARGO_TARGET_DIR="$zombienet_target" "${tests[@]}" --no-run
[ "${1:-}" != --build-only ] || exit 0

mkdir -p "$BSPP_NETWORK_DIR"
say "running them one after the other; logs of what fails stay in $BSPP_NETWORK_DIR"
CARGO_TARGET_DIR="$zombienet_target" "${tests[@]}" --no-fail-fast -- --test-threads=1 --nocapture "$@"
