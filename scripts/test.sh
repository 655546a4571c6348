#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# All tests. The last line is "N passed, N failed" over all suites; the exit code is zero only when nothing failed.
#
# A suite that does not build, or dies without a result, counts as one failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/env.sh

logs="$BSPP_CACHE/logs"
mkdir -p "$logs"
passed=0
failed=0
ignored=0
started="$(now)"
vectors=crates/peks/tests/independent

# sum PATTERN FILE: adds up the numbers that the sed pattern picks out.
sum() { sed -nE "$1" "$2" | awk '{ n += $1 } END { print n + 0 }'; }

# unittest_verdict FILE: "N passed, N failed" from the output of Python's unittest; nothing when it did not finish.
unittest_verdict() {
    python3 - "$1" <<'PYTHON'
import re, sys

text = open(sys.argv[1], encoding="utf-8", errors="replace").read()
ran = re.findall(r"^Ran (\d+) tests? in ", text, re.M)
end = re.findall(r"^(OK|FAILED)(?: \((.*)\))?$", text, re.M)
if ran and end:
    counts = {key: int(value) for key, value in re.findall(r"([a-z]+)=(\d+)", end[-1][1])}
    failed = counts.get("failures", 0) + counts.get("errors", 0)
    skipped = counts.get("skipped", 0)
    print(f"{max(int(ran[-1]) - failed - skipped, 0)} passed, {failed} failed")
PYTHON
}

finish() {
    [ "$ignored" -eq 0 ] || say "$ignored tests ignored"
    say "logs: $logs; time: $(elapsed "$started")"
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}

say "step 1 of 6: build"
if ! scripts/build.sh; then
    failed=1
    finish
fi

say "step 2 of 6: unit, property and in-process tests (cold: 15 to 25 minutes to build them on two cores)"
log="$logs/cargo-test.log"
status=0
cargo test --release --workspace --locked --no-fail-fast 2>&1 | tee "$log" || status=$?
passed="$(sum 's/^test result: .* ([0-9]+) passed;.*/\1/p' "$log")"
failed="$(sum 's/^test result: .* ([0-9]+) failed;.*/\1/p' "$log")"
ignored="$(sum 's/^test result: .* ([0-9]+) ignored;.*/\1/p' "$log")"
if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi

say "step 3 of 6: test vectors, recomputed by another implementation in JavaScript (seconds)"
log="$logs/vectors.log"
if ! { have node && have npm && [ -f "$vectors/package-lock.json" ]; }; then
    say "skipped: needs node and npm; nothing else does"
elif ! (cd "$vectors" && timeout 300 npm ci --no-audit --no-fund) >"$log" 2>&1; then
    say "skipped: npm could not fetch the libraries, see $log"
elif (cd "$vectors" && npm run --silent check) 2>&1 | tee -a "$log"; then
    passed=$((passed + 1))
else
    say "FAILED: the vectors differ from the other implementation"
    failed=$((failed + 1))
fi

# The next two steps mostly wait for blocks: time to build the network tests beside them.
nice -n 19 scripts/test-network.sh --build-only >"$logs/test-network-build.log" 2>&1 &
network_build=$!

say "step 4 of 6: sharing end to end on real nodes"
log="$logs/network-test.log"
status=0
bash scripts/test-sharing.sh 2>&1 | tee "$log" || status=$?
verdict="$(unittest_verdict "$log")"
if [ -n "$verdict" ]; then
    read -r net_passed _ net_failed _ <<<"$verdict"
    passed=$((passed + net_passed))
    failed=$((failed + net_failed))
    # A bad exit without a failure, or a suite that ran nothing, is no success.
    if [ "$net_failed" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$net_passed" -eq 0 ]; }; then
        say "the suite on real nodes passed nothing or ended badly"
        failed=$((failed + 1))
    fi
else
    say "the suite on real nodes ended without a result"
    failed=$((failed + 1))
fi

say "step 5 of 6: the demo, which also looks for plaintext in all that the network wrote (4 minutes)"
if bash scripts/demo.sh 2>&1 | tee "$logs/demo.log"; then
    passed=$((passed + 1))
else
    say "FAILED: the demo"
    failed=$((failed + 1))
fi

say "step 6 of 6: networks with faulty authors, dead validators and an upgrade (30 minutes)"
wait "$network_build" || say "the network tests did not build: see $logs/test-network-build.log"
log="$logs/test-network.log"
status=0
only=()
# Continuous integration has 90 minutes, of which a machine that starts from nothing needs an hour to build. After
# BSPP_TEST_MINUTES (50) it runs the attacks only.
if [ "${CI:-}" = true ] && [ $(($(now) - started)) -gt $((${BSPP_TEST_MINUTES:-50} * 60)) ]; then
    only=(blocks_should)
    say "little time is left: only the attacks on the gate; make test-network runs them all"
fi
bash scripts/test-network.sh "${only[@]}" 2>&1 | tee "$log" || status=$?
net_passed="$(sum 's/^test result: .* ([0-9]+) passed;.*/\1/p' "$log")"
net_failed="$(sum 's/^test result: .* ([0-9]+) failed;.*/\1/p' "$log")"
if [ "$net_failed" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$net_passed" -eq 0 ]; }; then net_failed=1; fi
passed=$((passed + net_passed))
failed=$((failed + net_failed))
finish
