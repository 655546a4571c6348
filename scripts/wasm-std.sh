#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds a wasm32v1-none library for the distribution's Rust (/usr/bin/rustc) from its own sources.
#
# Debian packages a recent Rust as rustc-web, but without wasm libraries. The runtimes need only
# core, alloc and compiler_builtins, which take 40 seconds. The script does nothing if the library
# for this compiler exists. It does not change the toolchains of rustup.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh

target=wasm32v1-none
dest="/usr/lib/rustlib/$target/lib"
stamp="$dest/bspp-compiler"
compiler="$(/usr/bin/rustc -vV)"

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$compiler" ] && compgen -G "$dest/libcore-*.rlib" >/dev/null; then
    exit 0
fi
# A wasm library from a Debian package is better than ours, so the script keeps it.
if [ ! -f "$stamp" ] && compgen -G "$dest/libcore-*.rlib" >/dev/null \
    && dpkg -S "$dest"/libcore-*.rlib >/dev/null 2>&1; then
    exit 0
fi

started="$(now)"
say "building the wasm library of $(/usr/bin/rustc --version) (about 40 s, once)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/src"
echo '#![no_std]' >"$work/src/lib.rs"
cat >"$work/Cargo.toml" <<'TOML'
[package]
name = "wasm-std"
version = "0.0.0"
edition = "2021"

[profile.release]
panic = "abort"

[workspace]
TOML
# The link-time optimisation of the runtimes requires the bitcode.
if ! (
    cd "$work"
    unset RUSTUP_TOOLCHAIN CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_TARGET
    env PATH="/usr/bin:/bin" RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes \
        CARGO_TARGET_DIR="$work/target" \
        /usr/bin/cargo build --release -Zbuild-std=core,alloc --target "$target"
) >"$work/log" 2>&1; then
    tail -n 30 "$work/log" >&2
    fail "the wasm library did not build" \
        "check that rust-web-src is installed: apt-get install --reinstall rust-web-src" \
        "or use rustup with network access: rustup target add $target"
fi
deps="$work/target/$target/release/deps"
as_root mkdir -p "$dest"
as_root find "$dest" -maxdepth 1 -name '*.rlib' -delete
for lib in core alloc compiler_builtins; do
    found="$(compgen -G "$deps/lib$lib-*.rlib")" || fail "lib$lib was not built" "report it with $(/usr/bin/rustc --version)"
    as_root cp "$found" "$dest/"
done
printf '%s\n' "$compiler" >"$work/stamp"
as_root cp "$work/stamp" "$stamp"
say "wasm library installed in $dest ($(elapsed "$started"))"
