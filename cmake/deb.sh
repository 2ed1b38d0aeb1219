#!/usr/bin/env bash
# deb.sh BUILD [FOLDER]: writes FOLDER/smbatcher_VERSION_ARCH.deb (FOLDER is BUILD) from what `make install` would lay out
# below /usr. To be called in the project's folder.
#
# The same bytes for the same build and commit. Answers with one line; exit status 2 when it could not be done.
set -euo pipefail

stop() { # REASON MESSAGE
  printf 'ERROR:%s:%s\n' "$1" "$2"
  exit 2
}

build=$(cd "$1" && pwd)
folder=$(cd "${2:-$1}" && pwd)
version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' "$build/CMakeCache.txt")
arch=$(dpkg --print-architecture)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CMakeLists.txt)}
work=$folder/deb
root=$work/root
share=$root/usr/share
rm -rf "$work"
mkdir -p "$root/DEBIAN" "$work/debian"

lay_out() {
  DESTDIR=$root cmake --install "$build" --prefix /usr --strip
  # Debian's places: the licence and the changelog in forms of their own, the completions of zsh in another folder.
  rm "$share/doc/smbatcher/LICENSE"
  mkdir -p "$share/zsh/vendor-completions" "$share/lintian/overrides"
  mv "$share/zsh/site-functions/_smbatcher" "$share/zsh/vendor-completions/"
  rmdir "$share/zsh/site-functions"
  {
    printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: smbatcher\n\n'
    printf 'Files: *\nCopyright: %s\nLicense: Expat\n' "$(sed -n 's/^Copyright (c) //p' LICENSE)"
    sed '1,/^Copyright/d; s/^$/./; s/^/ /' LICENSE | sed 1d
  } >"$share/doc/smbatcher/copyright"
  printf 'smbatcher (%s) unstable; urgency=medium\n\n  * Built from the sources of this version.\n\n -- %s  %s\n' \
    "$version" "$maintainer" "$(date -uRd "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$share/doc/smbatcher/changelog.gz"
  # An example of a text that is not UTF-8, which Debian does not take.
  rm "$share/smbatcher/data/damaged/designs/not-utf8.md"
  # A claim is a whole process, and a static one starts in half the time.
  printf 'smbatcher: statically-linked-binary [usr/bin/smbatcher]\n' >"$share/lintian/overrides/smbatcher"
  gzip -9n "$share"/man/man1/*.1
  chmod -R u=rwX,go=rX "$root"
}

# What the dynamic program needs, as dpkg-shlibdeps knows it.
libraries() {
  printf 'Source: smbatcher\n\nPackage: smbatcher\nArchitecture: any\n' >"$work/debian/control"
  (cd "$work" && dpkg-shlibdeps -O "$root/usr/libexec/smbatcher/smbatcher-net" 2>/dev/null) |
    sed -n 's/^shlibs:Depends=//p'
}

write_control() {
  local needed
  needed=$(libraries)
  cat >"$root/DEBIAN/control" <<END
Package: smbatcher
Version: $version
Architecture: $arch
Maintainer: $maintainer
Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f1)
Depends: ${needed:+$needed, }git
Recommends: nodejs, python3
Section: devel
Priority: optional
Description: one work queue in a Markdown table for many agents and people
 Sites are rows of a Markdown table that people read and edit and git tracks.
 Agents, CI jobs and people claim batches of them under leases with fencing
 tokens: no batch is given to two at once, and the work of a dead agent comes
 back. Further tools check designs and sites, coordinate agents that work in
 one code base, and keep repositories in line with their remotes.
END
  (cd "$root" && find usr -type f -printf '%P\0' | sort -z | sed -z 's|^|usr/|' | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
}

maintainer='smbatcher contributors <smbatcher@users.noreply.github.com>'
umask 022
log=$work/deb.log
package=$folder/smbatcher_${version}_$arch.deb
{ lay_out && write_control; } >"$log" 2>&1 || stop deb_failed "$(tail -n 1 "$log"): see '$log'"
dpkg-deb --root-owner-group -Zxz --build "$root" "$package" >>"$log" 2>&1 || stop deb_failed "see '$log'"
printf 'OK:packaged:%s\n' "$package"
