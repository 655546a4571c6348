# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The build environment. Every script sources this file. In a shell of your own run: .
# scripts/env.sh
#
# All cargo calls of the project must see the same values. After a change of a variable cargo reruns
# build scripts, and the rerun of the wasm build alone takes minutes. The values do not depend on
# the folder or the command that sources the file.

# If rustup was just installed, it is not on PATH of the running shell yet.
if ! command -v cargo >/dev/null 2>&1 && [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
    export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
fi

export BSPP_CACHE="${BSPP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bspp}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$BSPP_CACHE/target}"
# Link the system's OpenSSL, because the build of the vendored one takes eight minutes of one core.
export OPENSSL_NO_VENDOR=1
# A target folder must have one setting. These variables would change the runtimes' build scripts.
unset SKIP_WASM_BUILD FORCE_WASM_BUILD WASM_BUILD_TYPE WASM_BUILD_RUSTFLAGS WASM_BUILD_CARGO_ARGS RUNTIME_TARGET

# Folders of the tools that setup.sh installs and of the linker (rust-lld, if only the
# distribution's lld exists).
for bspp_dir in "$BSPP_CACHE/tools/bin" "$BSPP_CACHE/bin"; do
    case ":$PATH:" in
        *":$bspp_dir:"*) ;;
        *) export PATH="$bspp_dir:$PATH" ;;
    esac
done
unset bspp_dir

# Folder of the FHIR files that the tests read besides the samples of the project: BSPP_FHIR_DIR, or
# a folder `fhir` near the project. CONTRIBUTING.md describes it.
if [ -z "${BSPP_FHIR_DIR:-}" ]; then
    bspp_beside="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
    BSPP_FHIR_DIR="$(find "$bspp_beside" -mindepth 2 -maxdepth 2 -type d -name fhir 2>/dev/null | sort | head -n 1)"
    unset bspp_beside
fi
export BSPP_FHIR_DIR

# Name of the linked toolchain that builds the runtimes if the host toolchain has no wasm library.
BSPP_WASM_TOOLCHAIN=bspp-wasm
BSPP_WASM_TARGET=wasm32v1-none

# bspp_host_has_wasm: whether the host toolchain has the wasm library.
bspp_host_has_wasm() {
    local sysroot
    sysroot="$(rustc --print sysroot 2>/dev/null)" || return 1
    compgen -G "$sysroot/lib/rustlib/$BSPP_WASM_TARGET/lib/libcore-*.rlib" >/dev/null
}

if command -v rustc >/dev/null 2>&1; then
    if bspp_host_has_wasm; then
        unset WASM_BUILD_TOOLCHAIN WASM_BUILD_STD
    else
        export WASM_BUILD_TOOLCHAIN="$BSPP_WASM_TOOLCHAIN" WASM_BUILD_STD=0
    fi
fi
