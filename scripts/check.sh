#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Formatting, lints, dependencies, documentation. Each step is one check; the last line is "N passed, N failed".
#
# Advisories are shown when their database can be fetched. They do not fail the check, because they change without
# the tree changing; BSPP_STRICT_ADVISORIES=1 makes them count.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/env.sh

passed=0
failed=0
started="$(now)"

# check NAME COMMAND…: runs it and counts the outcome.
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
        say "skipped: advisories (their database cannot be fetched from here)"
        return
    fi
    if [ "${BSPP_STRICT_ADVISORIES:-0}" = 1 ]; then
        check "advisories (cargo deny)" cargo deny --locked check advisories
    else
        say "advisories, for information:"
        cargo deny --locked check advisories || true
    fi
}

shell_syntax() {
    local script
    for script in scripts/*.sh .ci/run; do bash -n "$script" || return 1; done
}

say "four steps: format (seconds), clippy (10 to 15 minutes when only make test ran before), dependencies (seconds), documentation (5 to 10 minutes)"
check "format (cargo fmt)" cargo fmt --all --check
check "format of the network tests" cargo fmt --manifest-path zombienet/Cargo.toml --check
check "shell scripts parse" shell_syntax
# The release profile, so that build scripts and their C++ are those of the build.
check "lints (cargo clippy)" cargo clippy --release --workspace --all-targets --locked -- -D warnings
check "dependencies: bans, licences, sources (cargo deny)" cargo deny --locked check --hide-inclusion-graph --allow parse-error bans licenses sources
advisories
check "documentation (cargo doc)" env RUSTDOCFLAGS="-D warnings" cargo doc --release --workspace --no-deps --locked
say "time: $(elapsed "$started")"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
