#!/usr/bin/env bash
# install.sh check PREFIX DESTDIR            may all of it be written? Asked before anything is built.
# install.sh install PREFIX DESTDIR BUILD    lays BUILD out below DESTDIR PREFIX, with a list of what is there
# install.sh uninstall PREFIX DESTDIR        removes what that list names, and our folders that are empty then
#
# Answers with one line; exit status 2 when it could not be done. A tilde in PREFIX or DESTDIR is the home folder: most
# shells leave it alone behind `PREFIX=`.
set -euo pipefail

manifest=share/smbatcher/install_manifest.txt
folders=(bin libexec/smbatcher share/smbatcher share/doc/smbatcher)

stop() { # REASON MESSAGE
  printf 'ERROR:%s:%s\n' "$1" "$2"
  exit 2
}

with_home() { # PATH: without a tilde
  local user
  case $1 in
    '~') printf '%s' "$HOME" ;;
    '~/'*) printf '%s/%s' "$HOME" "${1#'~/'}" ;;
    '~'*)
      user=${1%%/*}
      printf '%s%s' "$(getent passwd "${user#'~'}" | cut -d: -f6)" "${1#"$user"}"
      ;;
    *) printf '%s' "$1" ;;
  esac
}

next_step() {
  local verb=${step/check/install} target=
  [[ $prefix == /usr/local ]] || target=" PREFIX=$(printf '%q' "$prefix")"
  if ((EUID == 0)); then
    printf 'name another folder: make %s PREFIX=DIR' "$verb"
  elif [[ $verb == install ]]; then
    printf 'run: sudo make install%s, or: make install PREFIX=~/.local' "$target"
  else
    printf 'run: sudo make %s%s' "$verb" "$target"
  fi
}

must_be_writable() { # FOLDER: it, or what of its path is there
  local folder=$1
  until [[ -e $folder || -L $folder || $folder == / ]]; do
    folder=$(dirname "$folder")
  done
  [[ -d $folder ]] || stop not_a_folder "'$folder' is not a folder: $(next_step)"
  [[ -w $folder && -x $folder ]] || stop permission_denied "cannot write to '$folder': $(next_step)"
}

check() {
  local folder
  for folder in "${folders[@]}"; do
    must_be_writable "$root/$folder"
  done
}

# Each file once, relative to the prefix: cmake lists a file for every rule that names it, and with its whole path.
write_manifest() {
  local list=$build/install_manifest.txt
  sort -u "$list" -o "$list"
  mkdir -p "$root/share/smbatcher"
  { sed "s|^$(sed 's/[][\.*^$|]/\\&/g' <<<"$prefix")/||" "$list" && echo "$manifest"; } | sort -u >"$root/$manifest"
}

install_all() {
  local log=$build/install.log
  [[ -w $build ]] || stop permission_denied "cannot write to '$build': give it to who installs, or remove it"
  rm -f "$log" "$build/install_manifest.txt" # perhaps those of a call by root
  check
  if ! { DESTDIR=$destdir cmake --install "$build" --prefix "$prefix" && write_manifest; } >"$log" 2>&1; then
    stop install_failed "$(grep -v '^ *$' "$log" | tail -n 1 | sed 's/^ *//'): see '$log', then: make install again"
  fi
  printf 'OK:installed:%s\n' "$root"
}

uninstall() {
  local name folder
  [[ -r $root/$manifest ]] ||
    stop not_installed "there is no '$root/$manifest': name PREFIX and DESTDIR as for make install"
  while IFS= read -r name; do
    [[ $name != /* && /$name/ != */../* ]] || stop malformed "'$root/$manifest' names '$name', which is not below it"
    must_be_writable "$(dirname "$root/$name")"
  done <"$root/$manifest"
  while IFS= read -r name; do
    rm -f "$root/$name"
  done < <(cat "$root/$manifest")
  for folder in "${folders[@]:1}"; do
    [[ ! -d $root/$folder ]] || find "$root/$folder" -depth -type d -empty -delete
  done
  printf 'OK:uninstalled:%s\n' "$root"
}

step=$1
prefix=$(with_home "$2")
[[ -n $prefix ]] || stop invalid_argument "PREFIX='$2' names no folder: name one with its whole path"
[[ $prefix == /* ]] || prefix=$PWD/$prefix
while [[ $prefix == */ ]]; do
  prefix=${prefix%/}
done
destdir=$(with_home "$3")
[[ -z $destdir || $destdir == /* ]] || destdir=$PWD/$destdir
root=${destdir%/}$prefix
case $step in
  check) check ;;
  install) build=$4 && install_all ;;
  uninstall) uninstall ;;
esac
