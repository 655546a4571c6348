#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the chain specs of the networks in this folder, raw and plain: specs.sh [FOLDER]
#
# They are the node's own development specs with the authors, sessions and limits of the network tests. The consortium's comes
# first, as its genesis hash goes into those of the hospitals. FOLDER is specs/ beside this script, where the network files look.
# The node is taken from the folder BSPP_BINARIES; without it, from where `make build` puts it.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=scripts/lib.sh
. "$here/../../scripts/lib.sh"

folder="${1:-$here/specs}"
cache="${BSPP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bspp}"
node="${BSPP_BINARIES:-$cache/target/release}/bspp-node"
[ -x "$node" ] || fail "$node is not there" "run: make build" "or name the folder of the binaries in BSPP_BINARIES"

# address SCHEME URI: the address of a development key.
address() {
    "$node" key inspect --scheme "$1" --output-type json "$2" | sed -n 's/.*"ss58Address": "\([^"]*\)".*/\1/p'
}

# stashes NAME…: the accounts of these nodes' validators, as a list.
stashes() {
    local name
    for name in "$@"; do printf '"%s",' "$(address sr25519 "//${name^}//stash")"; done
}

# session_keys NAME…: these nodes' entries in `session.keys`, as a list. The keys are those that zombienet gives the nodes.
session_keys() {
    local name stash sr ed
    for name in "$@"; do
        stash="$(address sr25519 "//${name^}//stash")"
        sr="$(address sr25519 "//${name^}")"
        ed="$(address ed25519 "//${name^}")"
        printf '["%s","%s",{"aura":"%s","grandpa":"%s","conf":"%s"}],' "$stash" "$stash" "$sr" "$ed" "$sr"
    done
}

# amend STATEMENTS: a plain spec from standard input to standard output, its genesis changed by Python statements.
amend() {
    python3 -c "
import json, sys
spec = json.load(sys.stdin)
genesis = spec['genesis']['runtimeGenesis']['patch']
$1
json.dump(spec, sys.stdout, indent=1)"
}

# raw NAME: the raw spec of NAME.plain.json.
raw() {
    "$node" export-chain-spec --raw --chain "$folder/$1.plain.json" >"$folder/$1.json"
}

# hospital LETTER AUTHOR: the specs of a hospital's own chain.
hospital() {
    "$node" export-chain-spec --chain "hospital-$1-local" --consortium-genesis "$consortium" | amend "
genesis['enrolment']['validators'] = [$(stashes "$2")]
genesis['enrolment']['admins'].append('$(address sr25519 "//Admin${1^}")')
genesis['session']['keys'] = [$(session_keys "$2")]
genesis['conformance'] = {'sessionLength': 5}" >"$folder/hospital.$1.plain.json"
    raw "hospital.$1"
}

mkdir -p "$folder"
"$node" export-chain-spec --chain consortium-local | amend "
a, b = genesis['consortium']['hospitals']
a['validators'] = [$(stashes alice bob)]
b['validators'] = [$(stashes charlie dave)]
genesis['session']['keys'] = [$(session_keys alice bob charlie dave)]
genesis['conformance'] = {'sessionLength': 10, 'parameters': {'maxAnchorAge': 24, 'maxLag': 40}}" \
    >"$folder/consortium.plain.json"
raw consortium
consortium="$("$node" genesis-hash --chain "$folder/consortium.json")"
hospital a anna
hospital b bella
say "the specs are in $folder; the consortium's genesis is $consortium"
