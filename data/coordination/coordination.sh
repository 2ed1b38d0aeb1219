# coordination.sh: the coordination of agent instances as functions of a shell. To be sourced by bash, also under
# `set -eu`:
#
#   source .claude/coordination/lib/coordination.sh
#   coord_init
#   INSTANCE_ID=$(coord_register_instance "My task" "main")
#   if coord_acquire_lock src/a.py "Making changes"; then ...; coord_release_lock src/a.py; fi
#   coord_unregister_instance
#
# Each function is one call of smbatcher, which must be on PATH (or named by SMBATCHER), and acts for $INSTANCE_ID, else
# for $COORD_INSTANCE_ID. Results: 0 done; 10 another holds the lock; 11 the lock that was found has expired; 12 the
# file has changed since it was locked; 13 this instance is not registered (any more); 1 and 2 as of smbatcher. What
# is wrong is said on standard error.
#
# shellcheck shell=bash disable=SC2034  # the constants are for scripts

EXIT_SUCCESS=0
EXIT_LOCK_HELD=10
EXIT_LOCK_EXPIRED=11
EXIT_CONFLICT=12
EXIT_STALE_INSTANCE=13

# Seconds: how long a lock lasts, and after how long without a sign of life an instance is stale.
LOCK_TIMEOUT=300
HEARTBEAT_TIMEOUT=300
STALE_CHECK_INTERVAL=60

# Set it after sourcing: a shell that inherits a name must not speak for its parent's instance unasked.
INSTANCE_ID=""
INSTANCE_PID=$$

case ${BASH_SOURCE[0]:-} in
  */.claude/coordination/lib/coordination.sh) _COORD_ROOT=${BASH_SOURCE[0]%/.claude/coordination/lib/coordination.sh} ;;
  .claude/coordination/lib/coordination.sh) _COORD_ROOT=$PWD ;;
  *) _COORD_ROOT="" ;;
esac

# Where the files are: to read them. What is in them, the functions change.
COORD_DIR=${CLAUDE_PROJECT_DIR:-${_COORD_ROOT:-$PWD}}/.claude/coordination
REGISTRY_FILE=$COORD_DIR/work-registry.json
DECISIONS_FILE=$COORD_DIR/decision-log.json
LOCKS_DIR=$COORD_DIR/locks
HEARTBEATS_DIR=$COORD_DIR/heartbeats

# _coord_id NAME: the id of the instance that a script calls NAME. An id is itself; of another name it is made, so that
# the same name is the same instance in every script.
_coord_id() {
  local hash
  if [[ $1 =~ ^claude-[0-9]{8}-[0-9]{6}-[0-9a-f]{8}$ ]]; then
    printf '%s\n' "$1"
  else
    hash=$(printf '%s' "$1" | sha1sum) && printf 'claude-00000000-000000-%s\n' "${hash:0:8}"
  fi
}

# _coord TOOL ARGS...: runs the tool for this shell's instance.
_coord() {
  local instance=${INSTANCE_ID:-} root=${CLAUDE_PROJECT_DIR:-${_COORD_ROOT:-}}
  local -a with=()
  [ -z "$instance" ] || instance=$(_coord_id "$instance")
  instance=${instance:-${COORD_INSTANCE_ID:-}}
  [ -z "$instance" ] || with+=("COORD_INSTANCE_ID=$instance")
  [ -z "$root" ] || with+=("CLAUDE_PROJECT_DIR=$root")
  env ${with[@]+"${with[@]}"} "${SMBATCHER:-smbatcher}" "$@"
}

# _coord_quiet TOOL ARGS...: the same; what it says is passed on, to standard error, only when it did not succeed.
_coord_quiet() {
  local said status=0
  said=$(_coord "$@") || status=$?
  [ "$status" -eq 0 ] || printf '%s\n' "$said" >&2
  return "$status"
}

# _coord_value TOOL ARGS...: the same for a call whose answer is printed when it succeeds.
_coord_value() {
  local said status=0
  said=$(_coord "$@") || status=$?
  if [ "$status" -eq 0 ]; then printf '%s\n' "$said"; else printf '%s\n' "$said" >&2; fi
  return "$status"
}

# Makes the folder and its files ready, and gives this shell an id unless it has one. What then locks or logs is done by
# that instance, registered or not.
coord_init() {
  _coord_quiet coord-lock cleanup || return
  mkdir -p -- "$LOCKS_DIR" "$HEARTBEATS_DIR" || return
  if [ ! -e "$DECISIONS_FILE" ]; then
    # Of several at once one makes the log: a link is made where nothing is, or not at all.
    printf '{\n  "schema_version": "1.0.0",\n  "log_created_at": "%s",\n  "decisions": []\n}\n' \
      "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$DECISIONS_FILE.new.$BASHPID" || return
    ln -- "$DECISIONS_FILE.new.$BASHPID" "$DECISIONS_FILE" 2>/dev/null || true
    rm -f -- "$DECISIONS_FILE.new.$BASHPID"
  fi
  [ -n "${INSTANCE_ID:-${COORD_INSTANCE_ID:-}}" ] || INSTANCE_ID=$(coord_generate_instance_id)
}

# Prints an id that nobody has.
coord_generate_instance_id() {
  local random
  random=$(od -An -N4 -tx1 /dev/urandom) || return
  printf 'claude-%s-%s\n' "$(date -u +%Y%m%d-%H%M%S)" "${random//[[:space:]]/}"
}

# coord_register_instance TASK [ROLE]: registers this shell's id, else one that nobody has, and prints it. Called without
# $(...), it sets INSTANCE_ID too.
coord_register_instance() {
  local id
  local -a with=()
  [ -z "${INSTANCE_ID:-}" ] || with+=("--id=$(_coord_id "$INSTANCE_ID")")
  id=$(_coord_value coord-instance register --task="${1:-No task specified}" --role="${2:-main}" ${with[@]+"${with[@]}"}) ||
    return
  INSTANCE_ID=$id
  printf '%s\n' "$id"
}

coord_unregister_instance() { _coord_quiet coord-instance unregister && INSTANCE_ID=""; }

coord_heartbeat() { _coord_quiet coord-instance heartbeat; }

# Prints how many were removed.
coord_cleanup_stale_instances() {
  local said
  said=$(_coord_value coord-lock cleanup) || return
  said=${said#OK:cleaned_up:}
  printf '%s\n' "${said%%:*}"
}

# coord_acquire_lock FILE [INTENT]
coord_acquire_lock() { _coord_quiet coord-lock acquire --intent="${2:-Modifying file}" -- "$1"; }

coord_release_lock() { _coord_quiet coord-lock release -- "$1"; }

coord_renew_lock() { _coord_quiet coord-lock renew -- "$1"; }

# Frees all that this shell's instance holds; it stays registered.
coord_release_all_locks() { _coord_quiet coord-lock release --all; }

# coord_release_locks_by_instance INSTANCE_ID: the same for another instance, whose locks nobody else will free.
coord_release_locks_by_instance() { _coord_quiet coord-lock release --all --id="$(_coord_id "$1")"; }

coord_check_lock() { _coord_quiet coord-lock check -- "$1"; }

coord_detect_conflict() { _coord_quiet coord-lock conflict -- "$1"; }

# coord_log_decision CATEGORY TITLE DESCRIPTION [SCOPE]: prints the id.
coord_log_decision() {
  _coord_value coord-decisions add --category="$1" --title="$2" --description="$3" --scope="${4:-module}" --format simple
}

# coord_query_decisions [CATEGORY] [LIMIT]: prints a JSON array, the newest last.
coord_query_decisions() {
  if [ -n "${1:-}" ]; then
    _coord_value coord-decisions list --array --limit="${2:-10}" --category="$1"
  else
    _coord_value coord-decisions list --array --limit="${2:-10}"
  fi
}

# _coord_instances [INSTANCE_ID]: of the work registry the list of instances, or one of them. It is printed a member a
# line, two blanks a level.
_coord_instances() {
  local said line entry="" status=1
  said=$(_coord_value coord-status --json) || return
  while IFS= read -r line; do
    case $line in
      '  "instances": []') [ -n "${1:-}" ] || printf '[]\n' ;;
      '  "instances": [') [ -n "${1:-}" ] || printf '[\n' ;;
      '  ]' | '  ],') [ -n "${1:-}" ] || printf ']\n' ;;
      '    '*)
        if [ -z "${1:-}" ]; then
          printf '%s\n' "${line#  }"
          continue
        fi
        case $line in
          '    {') entry='{' ;;
          '    }' | '    },')
            if [ "$status" -eq 0 ]; then
              printf '%s\n}\n' "$entry"
              return
            fi
            ;;
          *) entry+=$'\n'${line#    } ;;
        esac
        [ "$line" != '      "instance_id": "'"${1:-}"'",' ] || status=0
        ;;
    esac
  done <<<"$said"
  [ -z "${1:-}" ] || return 1
}

# Prints a JSON array, each instance as in work-registry.json.
coord_list_instances() { _coord_instances; }

# coord_get_work [INSTANCE_ID]: prints the instance's entry in work-registry.json; 1 when there is none.
coord_get_work() { _coord_instances "$(_coord_id "${1:-${INSTANCE_ID:-${COORD_INSTANCE_ID:-none}}}")"; }

# Shows instances and locks; its options are those of coord-status.
coord_status() { _coord coord-status "$@"; }

# A script's children have the functions too, and what these need.
export SMBATCHER=${SMBATCHER:-smbatcher} _COORD_ROOT COORD_DIR REGISTRY_FILE DECISIONS_FILE LOCKS_DIR HEARTBEATS_DIR
export -f _coord _coord_id _coord_quiet _coord_value _coord_instances
export -f coord_init coord_generate_instance_id coord_register_instance coord_unregister_instance coord_heartbeat
export -f coord_cleanup_stale_instances coord_acquire_lock coord_release_lock coord_renew_lock coord_release_all_locks
export -f coord_release_locks_by_instance coord_check_lock coord_detect_conflict coord_log_decision
export -f coord_query_decisions coord_list_instances coord_get_work coord_status
