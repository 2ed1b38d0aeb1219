#!/usr/bin/env bash
# Compiles what the tools are compared with and runs the benchmark on the tools in build/bin; see bench.py.
# RUNS=n changes the number of runs, ONLY=regex chooses experiments: claim-100, claim-1000, claim-10000, claim-100000,
# reads, verbs, crowd-8, crowd-32, crowd-64, pages, similarity, coordination, sync, worker, fairness, history, leases. RUNS=5 with
# ONLY='claim|verbs' is a quick look, a whole run takes about ten minutes. BUILD names another build folder, PAGE another
# file for the page, HTML_VALIDATE that program where it is not on PATH, SCRATCH the folder to work in: how much a sync costs, and so every ratio, depends on the file system.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
build=${BUILD:-build}
[[ $build == /* ]] || build=$project/$build
unset "${!SMBATCHER_@}"
if [[ ! -x $build/bin/find-next ]]; then
  echo "ERROR:no_tools:there is no find-next in '$build/bin': run make first"
  exit 2
fi

# Beside the tools, hence on a disk: a file system in memory would make fsync free.
scratch=$(mktemp -d "${SCRATCH:-$build}/bench-XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
programs=$scratch/programs
mkdir "$programs"
compile() { cc -std=gnu11 -O2 -static -o "$programs/$1" "$here/$1.c" "${@:2}"; }
{
  for program in floor empty turns drain; do compile "$program"; done
  compile sqlite_claim -lsqlite3 -lm -lpthread
} >"$scratch/cc.log" 2>&1 || { cat "$scratch/cc.log"; echo 'ERROR:bench_failed:cannot compile the programs'; exit 2; }
/usr/bin/python3 -B "$here/bench.py" "$build/bin" "$programs" "$scratch" "${PAGE:-$project/docs/benchmarks.md}"
