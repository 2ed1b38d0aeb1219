#!/usr/bin/env bash
# The whole way of a queue, `make demo`: sites are registered and batched, four workers design them, the designs are
# closed, four workers implement them, of which one is killed in the middle, and all are finished. Ends in 1 when a site
# is not finished, or was designed or implemented not exactly once.
set -uo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${BUILD:-build}
[[ $build == /* ]] || build=$project/$build
PATH=$build/bin:$PATH
unset "${!SMBATCHER_@}"
command -v smbatcher >/dev/null || { echo "demo: there is no smbatcher in '$build/bin': run make first"; exit 2; }

folder=$(mktemp -d "${TMPDIR:-/tmp}/smbatcher-demo-XXXXXX")
clean_up() {
  # shellcheck disable=SC2046 # one word each
  kill $(jobs -p) 2>/dev/null
  wait 2>/dev/null
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
cd "$folder" || exit 2

readonly kWorkers=4 kSites="$project/data/sample/sites.csv" kAgent="$project/data/fleet/agent.sh"

say() { printf '%s\n' "$*"; }
pause() { read -rt "$1" <>never; }
failed() {
  say
  say "demo: FAILED; $*"
  exit 1
}

# workers PHASE NAME: starts them; the pid of each is in pids, its answer in answers/.
workers() {
  local i
  pids=()
  for ((i = 1; i <= kWorkers; ++i)); do
    smbatcher "$1-run" --exec "$folder/agent" --loop --wait 60s --owner "$2-$i" >"answers/$2-$i" &
    pids+=($!)
  done
}

# report PHASE NAME: what each worker answered, and the batches that it worked on.
report() {
  local i batches
  smbatcher history >history
  for ((i = 1; i <= kWorkers; ++i)); do
    batches=$(sed -n "s/.* $1-complete by $2-$i, .*batch \([^:]*\):.*/\1/p" history | uniq | paste -sd' ')
    printf '  %-10s  %-36s  batches %s\n' "$2-$i" "$(head -n 1 "answers/$2-$i")" "${batches:--}"
  done
}

# not_once FROM TO: sites whose change the history shows not exactly once.
not_once() {
  local site
  for site in $(cut -d, -f1 "$kSites" | tail -n +2); do
    [[ $(grep -E ' (design|implement)-complete by ' history | grep -o " $site $1 -> $2" | wc -l) == 1 ]] || echo "$site"
  done
}

mkdir answers
mkfifo never
# The agent takes its time, so that all get some work; one that builds waits for its end.
cat >agent <<AGENT
#!/usr/bin/env bash
if [[ \$SMBATCHER_OWNER == builder-1 ]]; then
  echo "\$SMBATCHER_BATCH \$SMBATCHER_TOKEN" >'$folder/victim.part' && mv '$folder/victim.part' '$folder/victim'
  read -rt 60 <>'$folder/never'
fi
read -rt "0.\$((RANDOM % 3 + 1))" <>'$folder/never'
exec '$kAgent'
AGENT
chmod +x agent

say "A queue of $(($(wc -l <"$kSites") - 1)) sites"
smbatcher prepare-register --file "$kSites" || exit 1
smbatcher prepare-batch --size 3 || exit 1

say
say "$kWorkers workers design"
workers design designer
wait "${pids[@]}"
report design designer

say
say "The designs are closed"
while smbatcher lock; do :; done | grep '^OK'

say
say "$kWorkers workers build; builder-1 is killed while it does"
workers implement builder
for ((i = 0; i < 400; ++i)); do
  [[ -e victim ]] && break
  pause 0.05
done
[[ -e victim ]] || failed "builder-1 never got to work"
read -r lost_batch lost_token <victim
{
  kill -KILL "${pids[0]}"
  wait "${pids[0]}"
} 2>/dev/null # where bash would tell of it
echo "killed, holding batch $lost_batch with token $lost_token" >answers/builder-1
wait "${pids[@]}" 2>/dev/null
report implement builder
heir=$(sed -n "s/.* implement-complete by \([^,]*\), token \([0-9]*\), batch $lost_batch:.*/\1 with token \2/p" history | tail -n 1)
say
say "Batch $lost_batch, left behind by builder-1, was done by ${heir:-nobody}"

say
say "All are finished"
for batch in $(smbatcher metrics-batch-counts --format json | grep -oE '"batch":"[^"]*"' | cut -d'"' -f4); do
  smbatcher implement-finish --batch "$batch" >/dev/null || failed "batch $batch cannot be finished"
done
smbatcher metrics-batch-counts | sed 's/^/  /'

say
say "Every site is verified"
for site in $(cut -d, -f1 "$kSites" | tail -n +2); do
  answer=$(smbatcher verify-site "$site")
  case $? in
    0) ;;
    1) failed "$site: $answer" ;;
    *) say "  not verified: $(head -n 1 <<<"$answer")" && break ;; # no node here, say
  esac
done
[[ $answer == OK:* ]] && say "  $answer, all of them"

say
smbatcher status-report --html report.html | tail -n +3 | grep -v '^page' | sed 's/^/  /'
say "  and as a page: $(wc -c <report.html) bytes, without a script (smbatcher status-report --html FILE)"

rate=$(smbatcher metrics-completion-rate --status Q | head -n 1)
wrong=$({ not_once d D; not_once i I; } | paste -sd' ')
[[ $rate == OK:rate:1* ]] || failed "not every site is at Q: $rate"
[[ -z $wrong ]] || failed "not done exactly once: $wrong"
[[ -n $heir && $heir != builder-1\ * ]] || failed "nobody took batch $lost_batch over"
smbatcher check-registry >/dev/null || failed "the registry is damaged"
say
say "demo: ok, $(($(wc -l <"$kSites") - 1)) sites went from - to Q in $SECONDS s, each designed once and built once"
