#!/usr/bin/env bash
# tidy.sh BUILD_FOLDER JOBS: clang-tidy over the library and the tools, prints findings only; exit 1 when there are any.
# BUILD_FOLDER must be configured with -DSMB_UNITY=OFF: the files are looked at one by one.
set -euo pipefail
build=$1 jobs=$2

for command in run-clang-tidy run-clang-tidy-14; do
  command -v "$command" >/dev/null && runner=$command
done
# It prints a command line for each file, which would bury the findings.
log=$build/tidy.log
sources="^$PWD/(libregistry|tools)/.*\.cc$"
if ! "${runner:?no run-clang-tidy found}" -quiet -p "$build" -j "$jobs" "$sources" >"$log" 2>&1; then
  grep -E -A 4 '(warning|error):' "$log" || cat "$log"
  echo 'FAIL:tidy_failed'
  exit 1
fi
echo 'OK:tidy_passed'
