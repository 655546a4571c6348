#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes the help texts of the binaries into the book. With --check it only compares the book with
# these texts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/env.sh

status=0
for binary in bspp bspp-node; do
    page="docs/help-$binary.md"
    written="$("$CARGO_TARGET_DIR/release/$binary" markdown-help)" || fail "$binary does not print its help" "run: make build"
    if [ "${1:-}" != --check ]; then
        printf '%s\n' "$written" >"$page"
        say "wrote $page"
    elif ! diff -u "$page" <(printf '%s\n' "$written"); then
        say "$page is not what $binary says: run make book-help"
        status=1
    fi
done
exit "$status"
