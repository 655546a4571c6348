#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sharing end to end on real nodes. The binaries must be built; `make test` does it.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/env.sh
. scripts/env.sh
export BSPP_BINARIES="$CARGO_TARGET_DIR/release" BSPP_NETWORK_DIR="$BSPP_CACHE/network-test"
exec python3 -m unittest -v tests/network/test_sharing.py
