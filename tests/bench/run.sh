#!/usr/bin/env bash
# Compiles the floor and runs the benchmark on the tools in build/bin. RUNS=n changes the number of runs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=${BUILD:-$here/../../build}/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -O2 -static -o "$work/floor" "$here/floor.c"
/usr/bin/python3 "$here/bench.py" "$(cd "$bin" && pwd)" "$work/floor"
