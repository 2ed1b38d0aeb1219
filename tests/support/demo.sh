#!/usr/bin/env bash
# Several agents share one queue: `make demo`. They claim, work and complete beside each other; one of them is killed
# while it holds a batch, and another takes that batch over. Ends in 1 when work was lost or done twice.
set -uo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${BUILD:-build}
[[ $build == /* ]] || build=$project/$build
PATH=$build/bin:$PATH
unset "${!SMBATCHER_@}"
command -v smbatcher >/dev/null || { echo "demo: there is no smbatcher in '$build/bin': run make first"; exit 2; }

folder=$(mktemp -d "${TMPDIR:-/tmp}/smbatcher-demo-XXXXXX")
agents=()
clean_up() {
  kill "${agents[@]}" 2>/dev/null
  wait 2>/dev/null
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
cd "$folder" || exit 2

readonly kAgents=8 kSeconds=25

# field JSON KEY: a text or number of a one-line answer; the first one of that name.
field() { grep -oE "\"$2\":(\"[^\"]*\"|[0-9]+)" <<<"$1" | head -n 1 | cut -d: -f2- | tr -d '"'; }

say() { printf '%s\n' "$*"; }
tell() { printf '  %-8s  %-10s  batch %s  %s\n' "$@"; }  # one write a line, so that lines stay whole

design() {
  mkdir -p "sites/$1"
  local heading
  for heading in Concept Palette Typography Layout Components Content; do
    printf '## %s\n\nThe %s of %s.\n\n' "$heading" "${heading,,}" "$1"
  done >"sites/$1/DESIGN.md"
}

implement() {
  local title=${1%.example}
  cat >"sites/$1/index.html" <<PAGE
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>$title</title>
<link rel="stylesheet" href="styles.css">
<h1>$title</h1>
<p>Designed by a file, built by $2.</p>
</html>
PAGE
  printf 'body { font: 1.1rem/1.6 serif; max-width: 40rem; margin: auto; }\n' >"sites/$1/styles.css"
}

# agent NAME: takes what can be built, else what can be designed, until everything is built.
agent() {
  local me=$1 phase answer batch token action site did
  local pid=$BASHPID # taken here: inside $(…) it would be that of a shell which ends at once
  while ((SECONDS < kSeconds)); do
    for phase in implement design; do
      answer=$(smbatcher find-next --phase "$phase" --claim --owner "$me" --pid "$pid") && break
      if (($? == 2)); then
        say "  $me  cannot work: $answer"
        return 2
      fi
      [[ $phase == implement && $(field "$answer" why) == all_done ]] && return 0
      answer=
    done
    if [[ -z $answer ]]; then
      read -rt 0.2 <>"$folder/never" # others hold the rest: look again soon
      continue
    fi
    batch=$(field "$answer" batch) token=$(field "$answer" token) action=$(field "$answer" action)
    case $phase-$action in
      *-lock) tell "$me" locks "$batch" "its designs are closed" && continue ;;
      *-adopt) did="takes over" ;;
      design-*) did=designs ;;
      *) did=builds ;;
    esac
    tell "$me" "$did" "$batch" "token $token"
    if [[ $phase == implement ]] && mkdir first_builder 2>/dev/null; then
      echo "$me $batch $token" >victim.part && mv victim.part victim
      read -rt "$kSeconds" <>"$folder/never"
    fi
    while read -r site; do
      if [[ $phase == design ]]; then design "$site"; else implement "$site" "$me"; fi
      read -rt "0.$((RANDOM % 3 + 1))" <>"$folder/never"
    done < <(smbatcher status "$batch" --format json | grep -oE '"domain":"[^"]*"' | cut -d'"' -f4)
    answer=$(smbatcher "$phase-complete" --batch "$batch" --token "$token") || say "  $me  $answer"
  done
}

# batches_of AGENT PHASE: what it completed, on one line.
batches_of() { sed -n "s/.* $2-complete by $1, .*batch \([^:]*\):.*/\1/p" changes | paste -sd' '; }

# not_once FROM TO: sites whose change the history shows not exactly once.
not_once() {
  local site
  for site in $(cut -d, -f1 "$project/data/sample/sites.csv" | tail -n +2); do
    [[ $(grep -o " $site $1 -> $2" changes | wc -l) == 1 ]] || echo "$site"
  done
}

say "A queue of $(($(wc -l <"$project/data/sample/sites.csv") - 1)) sites"
smbatcher prepare-register --file "$project/data/sample/sites.csv" || exit 1
smbatcher prepare-batch --size 3 || exit 1
mkfifo never

say
say "$kAgents agents; the first that builds will be killed while it does"
for ((i = 1; i <= kAgents; ++i)); do
  agent "agent-$i" &
  agents+=($!)
done

while [[ ! -e victim ]] && ((SECONDS < kSeconds)); do
  read -rt 0.05 <>never
done
if [[ ! -e victim ]]; then
  say "demo: FAILED; no agent got as far as building"
  exit 1
fi
read -r victim lost_batch lost_token <victim
{
  kill -KILL "${agents[${victim#agent-} - 1]}"
  wait "${agents[${victim#agent-} - 1]}"
} 2>/dev/null # where bash would tell of it
tell "$victim" "IS KILLED" "$lost_batch" "token $lost_token is left behind"
wait "${agents[@]}" 2>/dev/null
agents=()

smbatcher history >history
grep -E ' (design|implement)-complete by ' history >changes

say
say "Who did what"
for ((i = 1; i <= kAgents; ++i)); do
  designed=$(batches_of "agent-$i" design) built=$(batches_of "agent-$i" implement)
  printf '  %-8s  designed %-16s  built %s\n' "agent-$i" "${designed:--}" "${built:--}"
done
heir=$(sed -n "s/.* implement-complete by \([^,]*\), token \([0-9]*\), batch $lost_batch:.*/\1 with token \2/p" changes)
say
say "$victim died with batch $lost_batch, token $lost_token; it was finished by ${heir:-nobody}"

say
say "The queue now"
smbatcher metrics-batch-counts | sed 's/^/  /'

wrong=$({ not_once d D; not_once i I; } | paste -sd' ')
say
if [[ -n $wrong || -z $heir || $heir == "$victim "* ]] || ! smbatcher check-registry >/dev/null; then
  say "demo: FAILED; not done exactly once: $wrong"
  exit 1
fi
say "demo: ok, $(wc -l <changes) batches of work by $kAgents agents in $SECONDS s, none lost, none done twice"
