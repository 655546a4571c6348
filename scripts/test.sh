#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs tests. The last line is "N passed, N failed, N skipped" over all suites. The exit code is
# zero only if nothing failed.
#
#   test.sh          everything that a change can break (15 minutes after a build)
#   test.sh quick    everything without networks (3 minutes after a build)
#   test.sh network [NAME]    only networks of real nodes; NAME is a part of test names
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/env.sh
. scripts/suites.sh

what="${1:-all}"

# build: false, and one failure, if the workspace or the runtime of the upgrade test does not build.
build() {
    { scripts/build.sh && scripts/runtime-variant.sh next-gate-parameters "$upgrade_wasm"; } || { count 0 1; return 1; }
}

case "$what" in
    quick)
        timed structure suite_structure
        timed "unit, property and in-process tests" suite_rust
        timed "vectors in another implementation" suite_vectors
        ;;
    network)
        if build; then
            if [ -n "${2:-}" ]; then
                status=0
                suite_networks "$2" 2>&1 | tee "$logs/networks.log" || status=$?
                count_cargo "$logs/networks.log" "$status"
                others="$(sum 's/^test result: .* ([0-9]+) filtered out;.*/\1/p' "$logs/networks.log")"
                [ "$others" -eq 0 ] || skip "$others" "networks whose names do not contain $2"
                skip 2 "the suites sharing and zombienet, because NAME chooses one network"
            else
                say "building the tests with zombienet (the first time: 5 to 12 minutes)"
                zombienet_cargo test --no-run || count 0 1
                timed "networks and sharing, side by side" beside networks sharing
                timed "network files for zombienet" beside zombienet
            fi
        fi
        ;;
    all)
        if build; then
            timed structure suite_structure
            timed "unit, property and in-process tests" suite_rust
            timed "vectors in another implementation" suite_vectors
            # The suites on networks mostly wait for blocks, so zombienet's tests can build
            # meanwhile.
            zombienet_cargo test --no-run >"$logs/zombienet-build.log" 2>&1 &
            zombienet_build=$!
            timed "networks and sharing, side by side" beside networks sharing
            wait "$zombienet_build" || say "zombienet's tests did not build: see $logs/zombienet-build.log"
            timed "network files for zombienet" beside zombienet
        fi
        ;;
    *) fail "unknown suite: $what" "sed -n 3,9p scripts/test.sh" ;;
esac
verdict
