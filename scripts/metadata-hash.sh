#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds both runtimes with the feature metadata-hash and proves that each contains its hash.
#
# A release builds its runtimes in this way: `CheckMetadataHash` then compares the hash that a wallet
# signs. The build has a target folder of its own, because the feature changes the runtimes' build
# script: in the folder of other builds both would overwrite one wasm file. The first run compiles
# the SDK and takes as long as `make build`; each runtime is compiled to wasm twice.
#
# For each runtime it prints the hash, the path of the wasm and a line with PROVED. The exit code is
# zero only if both are proved.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/env.sh

target="$BSPP_CACHE/target-metadata-hash"
release="$target/release"
deps="$release/wbuild/shared-target/wasm32v1-none/release/deps"
begun="$(now)"
# A hash of the environment would be compiled into the first build, too.
unset RUNTIME_METADATA_HASH
for chain in consortium hospital; do
    package="bspp-$chain-runtime"
    wasm="$release/wbuild/$package/bspp_${chain}_runtime"
    # cargo does not see that the other runtime's build has replaced this one's dependencies, but the
    # record of the hash below must be of this build.
    rm -rf "$release/wbuild/$package" "$release/.fingerprint/$package"-* "$deps"/frame_metadata_hash_extension-*.d
    say "building $package twice, the second time with its hash"
    CARGO_TARGET_DIR="$target" cargo build --release --locked -p "$package" --features metadata-hash \
        || fail "$package did not build with metadata-hash" "read the first error above"
    python3 scripts/metadata_hash.py "$deps" "$wasm.wasm" \
        || fail "the hash is not in $package" "look at substrate-wasm-builder's enable_metadata_hash"
    [ -f "$wasm.compact.compressed.wasm" ] || fail "$wasm.compact.compressed.wasm is missing"
    say "PROVED: $package, $wasm.compact.compressed.wasm"
done
say "took $(elapsed "$begun")"
