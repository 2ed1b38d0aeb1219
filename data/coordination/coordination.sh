# coordination.sh: the coordination of agent instances as functions of a shell. To be sourced by bash, also under
# `set -eu`:
#
#   source .claude/coordination/lib/coordination.sh
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

# Set it after sourcing: a shell that inherits a name must not speak for its parent's instance unasked.
INSTANCE_ID=""

case ${BASH_SOURCE[0]:-} in
  */.claude/coordination/lib/coordination.sh) _COORD_ROOT=${BASH_SOURCE[0]%/.claude/coordination/lib/coordination.sh} ;;
  .claude/coordination/lib/coordination.sh) _COORD_ROOT=$PWD ;;
  *) _COORD_ROOT="" ;;
esac

# _coord TOOL ARGS...: runs the tool for this shell's instance.
_coord() {
  local instance=${INSTANCE_ID:-${COORD_INSTANCE_ID:-}} root=${CLAUDE_PROJECT_DIR:-$_COORD_ROOT}
  local -a with=()
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

# Makes the folder and its files ready.
coord_init() { _coord_quiet coord-lock cleanup; }

# coord_register_instance TASK [ROLE]: prints the id. Called without $(...), it sets INSTANCE_ID too.
coord_register_instance() {
  local id
  id=$(_coord_value coord-instance register --task="${1:-No task specified}" --role="${2:-main}") || return
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
coord_get_work() { _coord_instances "${1:-${INSTANCE_ID:-${COORD_INSTANCE_ID:-none}}}"; }
