#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Prepares a machine to build BSPP. It is safe to run again, and then takes a second.
#
#   scripts/setup.sh                 everything that `make build`, `make demo` and `make test` need
#   scripts/setup.sh --check-tools   also the tools of `make check`: rustfmt, clippy, shellcheck,
#                                    cargo-deny, cargo-fuzz
#
# On Debian and Ubuntu the script installs system packages with apt (as root or with sudo). On
# others it lists the missing programs. Rust comes from rustup. If rustup's server cannot be reached
# (or RUSTUP_AUTO_INSTALL=0), the wasm part comes from Debian's rustc-web. The script changes no
# rustup toolchain, except that it adds the wasm32v1-none target (with --check-tools also rustfmt
# and clippy) to the active one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/env.sh

# The compiler with which the project is tested. rustup installs this one if it is missing.
TESTED_RUST="$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)"
CARGO_DENY_VERSION=0.20.2
CARGO_FUZZ_VERSION=0.13.2
BASE_PACKAGES=(build-essential ca-certificates clang cmake curl git libclang-dev libssl-dev make pkg-config
    protobuf-compiler python3)
DISTRO_RUST_PACKAGES=(rustc-web cargo-web rust-web-src libstd-rust-web-dev lld-22)

check_tools=no
for arg in "$@"; do
    case "$arg" in
        --check-tools) check_tools=yes ;;
        -h | --help) sed -n '3,13s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) fail "unknown argument: $arg" "scripts/setup.sh --help" ;;
    esac
done

# missing_packages NAME…: prints those packages that are not installed.
missing_packages() {
    local name
    for name in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null)" = "ii " ] || printf '%s ' "$name"
    done
}

# apt_install NAME…: installs the missing packages; false if apt cannot.
apt_install() {
    local missing
    missing="$(missing_packages "$@")"
    [ -n "$missing" ] || return 0
    say "installing system packages: $missing"
    as_root apt-get update -qq || warn "apt-get update failed; trying with the lists at hand"
    # shellcheck disable=SC2086  # a list of names, on purpose
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

install_base() {
    if have apt-get && have dpkg-query; then
        apt_install "${BASE_PACKAGES[@]}" || fail "apt could not install the system packages" \
            "read apt's message above; then: apt-get install ${BASE_PACKAGES[*]}"
        return
    fi
    local tool lacking=""
    for tool in cc clang cmake curl git make pkg-config protoc python3; do
        have "$tool" || lacking="$lacking $tool"
    done
    [ -z "$lacking" ] || fail "these programs are missing:$lacking" \
        "install them with your system's package manager (and the headers of OpenSSL and libclang), then start again"
}

# rustup_may_fetch: false if RUSTUP_AUTO_INSTALL=0 forbids it or rustup's server does not answer.
rustup_may_fetch() {
    [ "${RUSTUP_AUTO_INSTALL:-1}" != 0 ] && have rustup \
        && curl -fsS -o /dev/null --max-time 15 "${RUSTUP_DIST_SERVER:-https://static.rust-lang.org}/dist/channel-rust-stable.toml.sha256" 2>/dev/null
}

install_distro_rust() {
    have apt-get || return 1
    apt_install "${DISTRO_RUST_PACKAGES[@]}"
}

install_rust() {
    if have cargo && have rustc && rustc --version >/dev/null 2>&1; then return; fi
    if rustup_may_fetch; then
        say "installing Rust $TESTED_RUST, which rust-toolchain.toml asks for"
        rustup toolchain install "$TESTED_RUST" --profile minimal --component rustfmt --component clippy --target "$BSPP_WASM_TARGET"
        return
    fi
    if have rustup && [ -n "$(rustup toolchain list 2>/dev/null)" ]; then
        fail "the toolchain $TESTED_RUST of rust-toolchain.toml is not here, and rustup cannot fetch it" \
            "rustup toolchain install $TESTED_RUST, or choose another one: export RUSTUP_TOOLCHAIN=stable"
    fi
    say "no cargo here; installing Rust $TESTED_RUST with rustup"
    local installer
    installer="$(mktemp)"
    if [ "${RUSTUP_AUTO_INSTALL:-1}" != 0 ] \
        && curl -fsS --proto '=https' --tlsv1.2 --max-time 60 -o "$installer" https://sh.rustup.rs \
        && sh "$installer" -y --quiet --no-modify-path --profile minimal --component rustfmt --component clippy \
            --target "$BSPP_WASM_TARGET" --default-toolchain "$TESTED_RUST"; then
        rm -f "$installer"
        . scripts/env.sh
        return
    fi
    rm -f "$installer"
    say "rustup cannot be installed; trying the distribution's Rust"
    if ! install_distro_rust; then
        fail "no Rust compiler" "install rustup (https://rustup.rs), then start again"
    fi
    hash -r
}

check_rust_version() {
    local wanted have_version
    wanted="$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)"
    have_version="$(rustc --version | cut -d' ' -f2)"
    if [ "$(printf '%s\n%s\n' "$wanted" "$have_version" | sort -V | head -n1)" != "$wanted" ]; then
        fail "rustc $have_version is too old; $wanted or newer is needed" \
            "rustup toolchain install $TESTED_RUST && export RUSTUP_TOOLCHAIN=$TESTED_RUST"
    fi
    [ "$have_version" = "$TESTED_RUST" ] \
        || say "rustc $have_version; the project is tested with $TESTED_RUST"
}

# A linker with the name rust-lld must be on PATH for compilers that do not have their own.
link_lld() {
    local candidate
    for candidate in /usr/lib/llvm-22/bin/lld "$(rustc --print sysroot)"/lib/rustlib/*/bin/rust-lld \
        /usr/lib/llvm-*/bin/lld; do
        if [ -x "$candidate" ]; then
            mkdir -p "$BSPP_CACHE/bin"
            [ "$(readlink "$BSPP_CACHE/bin/rust-lld" 2>/dev/null)" = "$candidate" ] \
                || ln -sfn "$candidate" "$BSPP_CACHE/bin/rust-lld"
            return
        fi
    done
    fail "no lld linker found" "apt-get install lld-22 (or any lld), then start again"
}

install_wasm() {
    if ! bspp_host_has_wasm && rustup_may_fetch; then
        say "adding the $BSPP_WASM_TARGET target to $(rustup show active-toolchain | cut -d' ' -f1)"
        rustup target add "$BSPP_WASM_TARGET" || warn "rustup could not add it; trying the distribution's Rust"
    fi
    if ! bspp_host_has_wasm; then
        if ! install_distro_rust; then
            fail "no wasm-capable Rust" \
                "with network access: unset RUSTUP_AUTO_INSTALL; rustup target add $BSPP_WASM_TARGET" \
                "on Debian: enable the security archive, then apt-get install ${DISTRO_RUST_PACKAGES[*]}"
        fi
        link_lld
        scripts/wasm-std.sh
        # If the distribution's Rust is the host compiler, it finds the library now.
        if ! bspp_host_has_wasm; then
            have rustup || fail "this Rust has no $BSPP_WASM_TARGET library, and there is no rustup to link one" \
                "put /usr/bin before other compilers on PATH, or install rustup"
            if ! rustup toolchain list | cut -d' ' -f1 | grep -qx "$BSPP_WASM_TOOLCHAIN"; then
                say "linking the toolchain $BSPP_WASM_TOOLCHAIN to /usr"
                rustup toolchain link "$BSPP_WASM_TOOLCHAIN" /usr
            fi
        fi
    fi
    . scripts/env.sh
}

# wasm_cargo ARG…: runs the cargo that will build the runtimes.
wasm_cargo() {
    if [ -n "${WASM_BUILD_TOOLCHAIN:-}" ]; then rustup run "$WASM_BUILD_TOOLCHAIN" cargo "$@"; else cargo "$@"; fi
}

# Builds and links a small wasm module, once for each compiler, so that a wrong set-up fails now and
# not after thirty minutes.
probe_wasm() {
    local compiler work
    compiler="$(wasm_cargo --version)|${WASM_BUILD_TOOLCHAIN:-host}"
    [ "$(cat "$BSPP_CACHE/wasm-probed" 2>/dev/null)" != "$compiler" ] || return 0
    work="$(mktemp -d)"
    mkdir -p "$work/src"
    cat >"$work/Cargo.toml" <<'TOML'
[package]
name = "probe"
version = "0.0.0"
edition = "2021"

[lib]
crate-type = ["cdylib"]

[profile.release]
panic = "abort"
lto = true

[workspace]
TOML
    cat >"$work/src/lib.rs" <<'RUST'
#![no_std]

#[no_mangle]
pub extern "C" fn answer(n: u64) -> u64 {
    n.checked_mul(3).unwrap_or(42)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
RUST
    if ! (cd "$work" && CARGO_TARGET_DIR="$work/target" wasm_cargo build --release --quiet \
        --target "$BSPP_WASM_TARGET") >"$work/log" 2>&1 \
        || [ ! -s "$work/target/$BSPP_WASM_TARGET/release/probe.wasm" ]; then
        tail -n 20 "$work/log" >&2
        rm -rf "$work"
        fail "the wasm toolchain does not link a module" "read the compiler's message above" \
            "remove /usr/lib/rustlib/$BSPP_WASM_TARGET/lib/bspp-compiler and start again to rebuild the library"
    fi
    rm -rf "$work"
    mkdir -p "$BSPP_CACHE"
    printf '%s' "$compiler" >"$BSPP_CACHE/wasm-probed"
}

check_disk() {
    local free_gib
    mkdir -p "$CARGO_TARGET_DIR"
    free_gib=$(( $(df -Pk "$CARGO_TARGET_DIR" | awk 'NR == 2 { print $4 }') / 1048576 ))
    if [ ! -d "$CARGO_TARGET_DIR/release" ] && [ "$free_gib" -lt 15 ]; then
        warn "only $free_gib GiB free in $CARGO_TARGET_DIR; a full build takes about 15 GiB (CARGO_TARGET_DIR moves it)"
    fi
}

# install_tool NAME VERSION: installs a cargo subcommand from crates.io into the cache.
install_tool() {
    "$BSPP_CACHE/tools/bin/$1" --version 2>/dev/null | grep -qx "$1 $2" && return
    say "installing $1 $2 (a few minutes, once)"
    # It has its own target folder, because the project's folder is for one set of build flags only.
    env -u RUSTFLAGS CARGO_TARGET_DIR="$BSPP_CACHE/tools/target" nice -n 15 \
        cargo install "$1" --locked --version "$2" --root "$BSPP_CACHE/tools" --quiet \
        || fail "$1 could not be installed" "read cargo's message above"
    rm -rf "$BSPP_CACHE/tools/target"
}

install_check_tools() {
    local component
    if ! have shellcheck; then
        { have apt-get && apt_install shellcheck; } || fail "shellcheck is missing" "install it with your system's package manager"
    fi
    for component in fmt clippy; do
        cargo "$component" --version >/dev/null 2>&1 && continue
        if rustup_may_fetch; then
            rustup component add rustfmt clippy
        else
            fail "cargo $component is missing" "rustup component add rustfmt clippy"
        fi
    done
    install_tool cargo-deny "$CARGO_DENY_VERSION"
    install_tool cargo-fuzz "$CARGO_FUZZ_VERSION"
}

started="$(now)"
install_base
install_rust
check_rust_version
install_wasm
probe_wasm
check_disk
[ "$check_tools" = no ] || install_check_tools
say "ready: $(rustc --version | cut -d' ' -f1,2), wasm by ${WASM_BUILD_TOOLCHAIN:-the same toolchain}, target folder $CARGO_TARGET_DIR ($(elapsed "$started"))"
