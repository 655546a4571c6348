# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Small helpers that all scripts share. Source it; it changes nothing.

# Seconds since the epoch; for step times.
now() { date +%s; }

# One progress line.
say() { printf '[bspp] %s\n' "$*"; }

# A warning: something is not as tested, work goes on.
warn() { printf '[bspp] warning: %s\n' "$*" >&2; }

# fail MESSAGE [NEXT STEP…]: says what is wrong and what to do about it, then ends the script.
fail() {
    printf '[bspp] error: %s\n' "$1" >&2
    shift
    local line
    for line in "$@"; do printf '[bspp]   next: %s\n' "$line" >&2; done
    exit 1
}

# have COMMAND: is it on PATH?
have() { command -v "$1" >/dev/null 2>&1; }

# as_root COMMAND…: runs it as root, through sudo when needed.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif have sudo; then
        sudo -- "$@"
    else
        fail "this step needs root: $*" "run it as root, or install sudo, then start again"
    fi
}

# elapsed START: whole seconds since START, as 1m05s.
elapsed() {
    local s=$(( $(now) - $1 ))
    printf '%dm%02ds' $((s / 60)) $((s % 60))
}
