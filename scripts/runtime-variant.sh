#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds a variant of the consortium's runtime to wasm: runtime-variant.sh VARIANT OUTPUT.wasm
#
# VARIANT is a feature of runtime/variants. Network tests upgrade to one variant, and a benchmark
# compares with another. The build takes a minute, because it shares everything except the variant's
# own crate with the runtimes of the workspace's build, which must exist. An output that is newer
# than the workspace's runtime and the variants' sources stays. The output is neither optimised nor
# compressed: compare it with bspp_consortium_runtime.wasm.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/env.sh

variant="${1:?a feature of bspp-runtime-variants}"
output="${2:?where the wasm goes}"
# Each variant has its own library name, because both variants are built in one target folder.
library="bspp_runtime_${variant//-/_}"
wbuild="$CARGO_TARGET_DIR/release/wbuild"
built="$wbuild/bspp-consortium-runtime"
[ -d "$built/target" ] || fail "the workspace's runtime is not built" "run: make build"
runtime="$built/bspp_consortium_runtime.wasm"
if [ -f "$output" ] && [ ! "$runtime" -nt "$output" ] && [ -z "$(find runtime/variants -type f -newer "$output")" ]; then
    exit 0
fi

# This is the project that substrate-wasm-builder made for the consortium's runtime, with another
# crate.
project="$CARGO_TARGET_DIR/release/wbuild-variants/$variant"
mkdir -p "$project/src" "$(dirname "$output")"
sed -e "s|^package = \"bspp-consortium-runtime\"|package = \"bspp-runtime-variants\"|" \
    -e "s|^path = \".*/runtime/consortium\"|path = \"$PWD/runtime/variants\"|" \
    -e "s|^features = .*|features = [\"$variant\"]|" \
    -e "s|^name = \"bspp_consortium_runtime\"|name = \"$library\"|" \
    -e "s|^name = \"bspp-consortium-runtime-blob\"|name = \"bspp-runtime-$variant-blob\"|" \
    "$built/Cargo.toml" >"$project/Cargo.toml"
for line in 'package = "bspp-runtime-variants"' "path = \"$PWD/runtime/variants\"" "features = [\"$variant\"]" "name = \"$library\""; do
    grep -qxF "$line" "$project/Cargo.toml" \
        || fail "the layout of $built/Cargo.toml is unknown" "look at substrate-wasm-builder's version"
done
cp "$built/src/lib.rs" "$project/src/lib.rs"
cp Cargo.lock "$project/Cargo.lock"

say "building the variant $variant of the runtime (about a minute)"
# These are the flags of substrate-wasm-builder. With other flags the builds would share nothing.
flags="-C link-arg=--export-table -C link-arg=--export=__heap_base -C link-arg=--import-memory --cfg substrate_runtime "
runner=(cargo)
[ -z "${WASM_BUILD_TOOLCHAIN:-}" ] || runner=(rustup run "$WASM_BUILD_TOOLCHAIN" cargo)
env -u CARGO_ENCODED_RUSTFLAGS -u RUSTC -u RUSTC_WORKSPACE_WRAPPER \
    RUSTFLAGS="$flags" CARGO_TARGET_DIR="$built/target" SKIP_WASM_BUILD= \
    "${runner[@]}" rustc --target=wasm32v1-none --manifest-path="$project/Cargo.toml" --profile release \
    || fail "the variant $variant did not build" "read the first error above"
cp "$built/target/wasm32v1-none/release/$library.wasm" "$output"
say "built $output ($(wc -c <"$output") bytes)"
