#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the demo with existing binaries. `make demo` builds them first.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/env.sh
. scripts/env.sh
exec python3 demo/run.py --binaries "$CARGO_TARGET_DIR/release" --folder "$BSPP_CACHE/demo" "$@"
