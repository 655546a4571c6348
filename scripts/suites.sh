# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The test suites. Source this file after lib.sh and env.sh. Each suite adds its outcome to the
# totals, and `verdict` prints them.
#
# A suite that does not build or ends without a result counts as one failure. Each skip has a
# reason, which `verdict` prints.

logs="$BSPP_CACHE/logs"
release="$CARGO_TARGET_DIR/release"
# The runtime that the network tests upgrade to.
upgrade_wasm="$release/wbuild-variants/next-gate-parameters.wasm"
mkdir -p "$logs"
passed=0
failed=0
skipped=0
started="$(now)"
# The file has one line for each skip: a count, a tab, a reason. Tests in all languages append to
# it.
export BSPP_SKIPS="$logs/skips"
: >"$BSPP_SKIPS"
# The file has one line for each test that ran at a smaller scale than its full run.
: >"$logs/reduced"
# The number of purges of a full run in each test of network/tests/network/purge.rs.
full_purges=20

# sum PATTERN FILE: the sum of the numbers that the sed pattern extracts.
sum() { sed -nE "$1" "$2" | awk '{ n += $1 } END { print n + 0 }'; }

# count PASSED FAILED: adds these numbers to the totals.
count() {
    passed=$((passed + $1))
    failed=$((failed + $2))
}

# skip COUNT REASON: notes skipped tests with their reason.
skip() { printf '%s\t%s\n' "$1" "$2" >>"$BSPP_SKIPS"; }

# reduced TEXT: notes tests that ran at a smaller scale than their full run.
reduced() { echo "$1" >>"$logs/reduced"; }

# timed NAME COMMAND…: runs a suite and prints its time.
timed() {
    local name="$1" begun
    shift
    begun="$(now)"
    say "suite: $name"
    "$@"
    say "suite: $name took $(elapsed "$begun")"
}

# count_cargo LOG STATUS: counts the outcome of `cargo test`, whose output is in LOG.
count_cargo() {
    local ok bad ignored
    ok="$(sum 's/^test result: .* ([0-9]+) passed;.*/\1/p' "$1")"
    bad="$(sum 's/^test result: .* ([0-9]+) failed;.*/\1/p' "$1")"
    ignored="$(sum 's/^test result: .* ([0-9]+) ignored;.*/\1/p' "$1")"
    # A suite that exits with an error or ran no test is not a success.
    if [ "$bad" -eq 0 ] && { [ "$2" -ne 0 ] || [ "$ok" -eq 0 ]; }; then bad=1; fi
    [ "$ignored" -eq 0 ] || skip "$ignored" "marked #[ignore]: see $1"
    count "$ok" "$bad"
}

# count_unittest LOG STATUS: counts the outcome of Python's unittest.
count_unittest() {
    local outcome ok bad
    outcome="$(python3 - "$1" <<'PYTHON'
import re, sys

text = open(sys.argv[1], encoding="utf-8", errors="replace").read()
ran = re.findall(r"^Ran (\d+) tests? in ", text, re.M)
end = re.findall(r"^(OK|FAILED)(?: \((.*)\))?$", text, re.M)
if ran and end:
    counts = {key: int(value) for key, value in re.findall(r"([a-z]+)=(\d+)", end[-1][1])}
    failed = counts.get("failures", 0) + counts.get("errors", 0)
    skipped = counts.get("skipped", 0)
    print(max(int(ran[-1]) - failed - skipped, 0), failed)
PYTHON
)"
    read -r ok bad <<<"${outcome:-0 1}"
    if [ "$bad" -eq 0 ] && { [ "$2" -ne 0 ] || [ "$ok" -eq 0 ]; }; then bad=1; fi
    # A line for each reason, with the name of the suite, so that `verdict` merges no two suites.
    while read -r number reason; do skip "$number" "$(basename "$1" .log): $reason"; done \
        < <(sed -nE "s/^.* \.\.\. skipped ['\"](.*)['\"]$/\1/p" "$1" | sort | uniq -c)
    count "$ok" "$bad"
}

# Unit, property and in-process tests of the workspace.
suite_rust() {
    local status=0
    cargo test --release --workspace --locked --no-fail-fast 2>&1 | tee "$logs/cargo-test.log" | show || status=$?
    count_cargo "$logs/cargo-test.log" "$status"
}

# show: prints only builds, results of binaries and failures, unless BSPP_VERBOSE is set.
show() {
    if [ -n "${BSPP_VERBOSE:-}" ]; then cat; return; fi
    grep --line-buffered -vE '^test .* \.\.\. ok$|^$|^running |^     Running |^   Doc-tests |^test result: ok\. 0 passed' || true
}

# libraries_of FOLDER LOG: installs the JavaScript libraries of a folder. A mark says that an earlier
# installation was complete.
libraries_of() {
    local mark="$1/node_modules/.complete"
    [ "$mark" -nt "$1/package-lock.json" ] && return
    (cd "$1" && timeout 300 npm ci --no-audit --no-fund) >"$2" 2>&1 && touch "$mark"
}

# The test vectors: another implementation in JavaScript computes them again.
suite_vectors() {
    local folder=crates/peks/tests/independent log="$logs/vectors.log"
    if ! { have node && have npm; }; then
        skip 1 "the vectors' check in JavaScript needs node and npm"
    elif ! libraries_of "$folder" "$log"; then
        # Only a missing network is a skip.
        if grep -qE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH' "$log"; then
            skip 1 "npm reached no registry, so the vectors' check has no libraries: see $log"
        else
            say "FAILED: npm ci in $folder: see $log"
            count 0 1
        fi
    elif (cd "$folder" && npm run --silent check) 2>&1 | tee -a "$log"; then
        count 1 0
    else
        say "FAILED: the vectors differ from the other implementation"
        count 0 1
    fi
}

# The rules of the tree: the dependency direction, and other rules that scripts can check.
suite_structure() {
    local log="$logs/structure.log" status=0
    python3 -m unittest -v tests/structure/test_*.py >"$log" 2>&1 || status=$?
    [ "$status" -eq 0 ] || cat "$log"
    count_unittest "$log" "$status"
}

# Sharing end to end on real nodes, with the demo's story, the attacks and the scan for leaks. All
# tests share one network; the scan is the last one.
suite_sharing() {
    BSPP_BINARIES="$release" BSPP_NETWORK_DIR="$BSPP_CACHE/sharing" \
        python3 -m unittest -v tests/network/test_sharing.py tests/attacks/test_*.py \
        tests/network/test_secrecy.py
}

# Networks of real and of faulty nodes. With a name it runs the tests whose names contain it.
suite_networks() {
    local purges="${BSPP_PURGES:-2}"
    [ "$purges" -ge "$full_purges" ] \
        || reduced "$purges of $full_purges purges in each test of purge.rs; all: BSPP_PURGES=$full_purges make test-network NAME=purged"
    BSPP_BINARIES="$release" BSPP_NETWORK_DIR="$BSPP_CACHE/networks" \
        BSPP_UPGRADE_WASM="$upgrade_wasm" \
        cargo test --release --workspace --locked --no-fail-fast --test network -- \
        --test-threads="${BSPP_NETWORKS:-3}" --nocapture "$@"
}

# The network files for zombienet start networks that finalize.
suite_zombienet() {
    BSPP_BINARIES="$release" "$release/bspp-network" specs zombienet/networks/specs \
        && PATH="$release:$PATH" zombienet_cargo test --no-fail-fast
}

# beside NAME…: runs suites on real nodes at the same time, because they mostly wait for blocks. The
# arguments are names of functions without `suite_`. The output goes to log files. If a suite fails,
# the end of its log is printed.
beside() {
    local name begun
    local -A pids=()
    begun="$(now)"
    for name in "$@"; do
        "suite_$name" >"$logs/$name.log" 2>&1 &
        pids[$name]=$!
    done
    for name in "$@"; do
        local status=0
        wait "${pids[$name]}" || status=$?
        say "suite: $name ended after $(elapsed "$begun"): exit $status, log $logs/$name.log"
        if [ "$name" = sharing ]; then
            count_unittest "$logs/$name.log" "$status"
        else
            count_cargo "$logs/$name.log" "$status"
        fi
        [ "$status" -eq 0 ] || tail -n 60 "$logs/$name.log"
    done
}

# verdict: prints the reasons of skips, then "N passed, N failed, N skipped". It is false if
# something failed or nothing passed.
verdict() {
    # Several binaries note the same skip of a shared folder.
    sort -u -o "$BSPP_SKIPS" "$BSPP_SKIPS"
    skipped="$(awk -F '\t' '{ n += $1 } END { print n + 0 }' "$BSPP_SKIPS")"
    awk -F '\t' '{ print "[bspp] skipped " $1 ": " $2 }' "$BSPP_SKIPS"
    sort -u "$logs/reduced" | sed 's/^/[bspp] reduced: /'
    say "logs: $logs; time: $(elapsed "$started")"
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
