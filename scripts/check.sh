#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Checks formatting, lints, dependencies and documentation. Each step is one check. The last line is
# "N passed, N failed, N skipped".
#
# The script shows advisories if it can fetch their database. They do not fail the check, because
# they can change without a change of the tree. With BSPP_STRICT_ADVISORIES=1 they count.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/env.sh

passed=0
failed=0
skipped=0
started="$(now)"

# check NAME COMMAND…: runs the command and counts the outcome.
check() {
    local name="$1" begun
    shift
    begun="$(now)"
    say "check: $name"
    if "$@"; then
        passed=$((passed + 1))
        say "ok: $name ($(elapsed "$begun"))"
    else
        failed=$((failed + 1))
        say "FAILED: $name"
    fi
}

advisories() {
    if ! timeout 120 cargo deny fetch db >/dev/null 2>&1; then
        say "skipped 1: advisories (their database cannot be fetched from here)"
        skipped=$((skipped + 1))
        return
    fi
    if [ "${BSPP_STRICT_ADVISORIES:-0}" = 1 ]; then
        check "advisories (cargo deny)" cargo deny --locked check advisories
    else
        say "advisories, for information:"
        cargo deny --locked check advisories || true
    fi
}

say "format (seconds), clippy (10 to 15 minutes when only make test ran before), dependencies (seconds), documentation (5 to 10 minutes)"
check "format (cargo fmt)" cargo fmt --all --check
check "format of zombienet/" cargo fmt --manifest-path zombienet/Cargo.toml --check
check "format of tools/wasm-costs/" cargo fmt --manifest-path tools/wasm-costs/Cargo.toml --check
check "shell scripts (shellcheck)" shellcheck -x --source-path=SCRIPTDIR/.. scripts/*.sh .ci/run
# The profile is release, so that build scripts and their C++ come from the build.
check "lints (cargo clippy)" cargo clippy --release --workspace --all-targets --test network --locked -- -D warnings
# The feature builds the pallets of the SDK once more, so ordinary builds do without it.
if [ -n "${CI:-}" ]; then
    say "skipped 1: upgrade of a state with data, because try-runtime builds the SDK's pallets once more"
    skipped=$((skipped + 1))
else
    check "upgrade of a state with data (try-runtime)" env SKIP_WASM_BUILD=1 cargo test --release --locked -p bspp-consortium-runtime -p bspp-hospital-runtime --features try-runtime --lib try_runtime
fi
check "model of anchors, registrations, quotas and gate (stateright)" env CARGO_TARGET_DIR="$BSPP_CACHE/target-model" cargo test --quiet --release --locked --manifest-path tests/model/Cargo.toml -- --test-threads=1
check "lints of zombienet/" zombienet_cargo clippy --all-targets -- -D warnings
check "dependencies: bans, licences, sources (cargo deny)" cargo deny --locked check --hide-inclusion-graph --allow parse-error bans licenses sources
advisories
check "fuzz targets, 5 seconds each (scripts/fuzz.sh)" scripts/fuzz.sh 5
check "documentation (cargo doc)" env RUSTDOCFLAGS="-D warnings" cargo doc --release --workspace --no-deps --locked
check "help texts in the book" scripts/book-help.sh --check
say "time: $(elapsed "$started")"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
