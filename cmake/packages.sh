#!/usr/bin/env bash
# packages.sh build|test|fuzz|bench|check|deb ...: makes sure that what the named steps need is installed.
#
# Says nothing and takes a few milliseconds when all is there. Otherwise it installs what is missing, if it may; if it
# may not, it names the packages and the command, and exits 2.
set -euo pipefail

declare -A required=(
  [build]='g++ cmake pkg-config libyaml-cpp-dev libcmark-gfm-dev libcmark-gfm-extensions-dev libcli11-dev
           nlohmann-json3-dev libexpected-dev libxxhash-dev libgumbo-dev libidn2-dev libunistring-dev'
  [test]='libgtest-dev libgmock-dev python3 python3-jsonschema git util-linux acl attr'
  [fuzz]='clang'
  [bench]='libsqlite3-dev python3 mawk util-linux jq'
  [check]='clang-format clang-tidy'
  [deb]='dpkg-dev git'
)
# Never a reason to fail or to reach for the network: these come along when something else has to be installed.
declare -A optional=([build]='ninja-build' [test]='strace nodejs' [fuzz]='libclang-rt-dev' [bench]='' [check]='' [deb]='')
# What the same steps need where there is no dpkg: programs, and headers that the compiler must find.
declare -A programs=([build]='c++ cmake pkg-config' [test]='python3 git flock setfacl setfattr' [fuzz]='clang++'
                    [bench]='python3 flock awk jq' [check]='clang-format clang-tidy' [deb]='dpkg-deb')
declare -A headers=(
  [build]='yaml-cpp/yaml.h cmark-gfm.h CLI/CLI.hpp nlohmann/json.hpp tl/expected.hpp xxhash.h gumbo.h idn2.h'
  [test]='gtest/gtest.h gmock/gmock.h'
  [fuzz]=''
  [bench]='sqlite3.h'
  [check]=''
  [deb]=''
)

collect() { # TABLE STEP...: the words of the table for these steps
  local -n table=$1
  local step
  for step in "${@:2}"; do
    printf '%s ' ${table[$step]}
  done
}

check_without_dpkg() {
  local missing=() name
  for name in $(collect programs "$@"); do
    command -v "$name" >/dev/null || missing+=("the program $name")
  done
  for name in $(collect headers "$@"); do
    printf '#include <%s>\n' "$name" | c++ -std=c++20 -fsyntax-only -x c++ - 2>/dev/null ||
      missing+=("the header <$name>")
  done
  ((${#missing[@]} == 0)) && return
  (IFS=,; printf 'ERROR:missing_packages:install what provides: %s\n' "${missing[*]}" | sed 's/,/, /g')
  exit 2
}

for step in "$@"; do
  if [[ ! -v required[$step] ]]; then
    printf "ERROR:invalid_argument:no step '%s': name build, test, fuzz, bench, check or deb\n" "$step"
    exit 2
  fi
done
if ! command -v dpkg-query >/dev/null; then
  check_without_dpkg "$@"
  exit
fi

read -ra wanted <<<"$(collect required "$@")"
installed=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' "${wanted[@]}" 2>/dev/null || true)"
missing=()
for package in "${wanted[@]}"; do
  [[ $installed == *" installed:$package "* ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

if ((EUID == 0)); then
  as_root=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
else
  printf 'ERROR:missing_packages:%s: run: sudo apt-get install -y --no-install-recommends %s\n' \
    "${missing[*]}" "${missing[*]}"
  exit 2
fi
read -ra extra <<<"$(collect optional "$@")"
printf 'installing %s\n' "${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
install() { "${as_root[@]}" apt-get install -y --no-install-recommends "$@"; }
install_missing() {
  "${as_root[@]}" apt-get update && { install "${missing[@]}" "${extra[@]}" || install "${missing[@]}"; }
}
if ! install_missing >"$log" 2>&1; then
  tail -n 5 "$log"
  printf 'ERROR:missing_packages:%s: apt-get could not install them; its last lines are above\n' "${missing[*]}"
  exit 2
fi
