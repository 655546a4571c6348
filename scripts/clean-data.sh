#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Removes chains, keys and logs of the demo and of tests. It keeps builds and installed tools.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/env.sh

for dir in demo sharing networks logs; do
    if [ -d "$BSPP_CACHE/$dir" ]; then
        rm -rf -- "${BSPP_CACHE:?}/$dir"
        say "removed $BSPP_CACHE/$dir"
    fi
done
say "data folders are clean"
