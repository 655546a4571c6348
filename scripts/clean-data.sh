#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Removes the demo's and the tests' chains, keys and logs. Keeps what was built and installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/env.sh

for dir in demo network-test logs; do
    if [ -d "$BSPP_CACHE/$dir" ]; then
        rm -rf -- "${BSPP_CACHE:?}/$dir"
        say "removed $BSPP_CACHE/$dir"
    fi
done
say "data folders are clean"
