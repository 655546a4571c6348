# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Functions that all scripts share. Source this file. It changes nothing else.

# now: seconds since the Unix epoch, for the times of steps.
now() { date +%s; }

# say TEXT…: prints one line about progress.
say() { printf '[bspp] %s\n' "$*"; }

# warn TEXT…: prints a warning; the script continues.
warn() { printf '[bspp] warning: %s\n' "$*" >&2; }

# fail MESSAGE [NEXT STEP…]: prints the error and the next steps, and ends the script.
fail() {
    printf '[bspp] error: %s\n' "$1" >&2
    shift
    local line
    for line in "$@"; do printf '[bspp]   next: %s\n' "$line" >&2; done
    exit 1
}

# have COMMAND: whether the command is on PATH.
have() { command -v "$1" >/dev/null 2>&1; }

# as_root COMMAND…: runs the command as root, with sudo if necessary.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif have sudo; then
        sudo -- "$@"
    else
        fail "this step needs root: $*" "run it as root, or install sudo, then start again"
    fi
}

# elapsed START: the time since START in whole seconds, in the form 1m05s.
elapsed() {
    local s=$(( $(now) - $1 ))
    printf '%dm%02ds' $((s / 60)) $((s % 60))
}

# zombienet_cargo COMMAND…: runs cargo in zombienet's workspace, which has its own target folder.
zombienet_cargo() { CARGO_TARGET_DIR="${CARGO_TARGET_DIR}-zombienet" cargo "$1" --locked --manifest-path zombienet/Cargo.toml "${@:2}"; }
