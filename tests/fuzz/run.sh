#!/usr/bin/env bash
# run.sh BUILD_FOLDER SECONDS: runs each fuzzer of the folder that long, on a copy of its corpus.
#
# What they find new is kept in BUILD_FOLDER/corpus and the next run goes on from there. An input that breaks a promise
# ends the run: its path is printed, and belongs into tests/fuzz/corpus/<target>/ together with the mend.
set -euo pipefail
build=$1 seconds=$2
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
if [[ ! $seconds =~ ^[1-9][0-9]*$ ]]; then
  printf "ERROR:invalid_argument:SECONDS must be a number from 1, not '%s'\n" "$seconds"
  exit 2
fi

declare -A dictionary=([cells]=markdown [registry]=markdown [tables]=markdown [designs]=markdown
  [history]=json [claim_files]=json [config]=yaml [site_lists]=yaml [front_matter]=yaml [html]=html [preview]=http
  [similarity]=markdown [css]=css)
declare -A more_corpus=([html]=$here/../unit/sites/html/documents)
# Files are written and read for each input: in memory where there is such a file system.
[[ -d /dev/shm && -w /dev/shm ]] && export TMPDIR=/dev/shm
mkdir -p "$build/found"

for fuzzer in "$build"/bin/*_fuzzer; do
  target=$(basename "$fuzzer" _fuzzer)
  mkdir -p "$build/corpus/$target"
  log=$build/$target.log
  # 2 GiB and a minute a run are far above what the limits of the readers allow, also on a busy machine.
  if ! "$fuzzer" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=2048 -print_final_stats=1 \
    -dict="$here/dictionaries/${dictionary[$target]}.dict" -artifact_prefix="$build/found/$target-" \
    "$build/corpus/$target" "$here/corpus/$target" ${more_corpus[$target]:+"${more_corpus[$target]}"} >"$log" 2>&1; then
    grep -aE 'broken promise|ERROR: |runtime error|terminate called' "$log" | head -3 || true
    input=$(sed -n 's/^artifact_prefix=.*Test unit written to //p' "$log" | tail -1)
    printf 'FAIL:fuzz_failed:%s:%s (see %s)\n' "$target" "${input:-no input}" "$log"
    exit 1
  fi
  printf '%s: %s runs\n' "$target" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
done
echo 'OK:fuzz_passed'
