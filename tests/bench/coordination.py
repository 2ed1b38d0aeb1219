"""What coordination costs at 100 instances and 1,000 locks: whole processes, beside a shell loop with jq and flock."""

import os
import shutil
import statistics
import subprocess
import time

INSTANCES = 100
FILES_EACH = 10
ROUNDS = 60
SHELL_ROUNDS = 10
BAR_MS = 10

# The same work as the tools', as a script would do it: every verb under one flock, files replaced by rename. Staleness
# is judged from the work registry, one jq for all, which is kinder than a jq for each heartbeat.
SHELL = r"""
set -eu
cd .claude/coordination
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
until=$(date -u -d '+300 seconds' +%Y-%m-%dT%H:%M:%SZ)
id=$2 file=$3
lock=locks/$(printf %s "$file" | base64 -w0 | tr -d = | tr +/ -_).json
registry() {
  jq --arg id "$id" --arg file "$file" --arg now "$now" \
    ".registry_updated_at = \$now | .instances |= map(if .instance_id == \$id then .files_locked $1 else . end)" \
    work-registry.json > .part
  mv .part work-registry.json
}
case $1 in
acquire)
  exec 9> work-registry.json.lock
  flock 9
  jq -r '.instances[] | select((now - (.heartbeat.last_ping | fromdate)) > 300) | .instance_id' work-registry.json >&2
  [ ! -e "$lock" ] || exit 10
  jq -n --arg id "$id" --arg file "$file" --arg now "$now" --arg until "$until" '{schema_version: "1.0.0",
    file_path: $file, lock_type: "write", locked_by: {instance_id: $id}, locked_at: $now, expires_at: $until}' > .part
  mv .part "$lock"
  registry '|= (. + [$file] | unique)' ;;
release)
  exec 9> work-registry.json.lock
  flock 9
  [ "$(jq -r .locked_by.instance_id "$lock")" = "$id" ] || exit 10
  rm "$lock"
  registry '|= map(select(. != $file))' ;;
heartbeat)
  exec 9> work-registry.json.lock
  flock 9
  jq --arg now "$now" '.last_ping = $now | .ping_count += 1 | .status = "active"' "heartbeats/$id.json" > .part
  mv .part "heartbeats/$id.json" ;;
check)
  holder=$(jq -r '.locked_by.instance_id + " " + .expires_at' "$lock")
  [ "${holder% *}" = "$id" ] || [ "${holder#* }" \< "$now" ] || exit 10 ;;
status)
  jq -r '.instances[] | "Instance: \(.instance_id)\n  Task: \(.current_task.description)\n  Files Locked: \(.files_locked
    | length)\n\(.files_locked | map("    - " + .) | join("\n"))"' work-registry.json
  ls locks/*.json | wc -l ;;
esac
"""


def instance(number):
    return f"claude-20260108-124532-{number:08x}"


def run(command, folder, expect):
    ran = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    if ran.returncode != expect:
        raise SystemExit(f"ERROR:bench_failed:{' '.join(command[-4:])} ended with {ran.returncode}: {ran.stdout[:200]}")


def fleet(bench):
    """A project with 100 instances that hold 10 files each."""
    folder = bench.folder("coordination")
    os.makedirs(folder + "/.git", exist_ok=True)
    for number in range(INSTANCES):
        run([bench.tools + "/coord-instance", "register", "--id", instance(number), "--task", f"Part {number}"], folder, 0)
        files = [f"src/module{number}/file{file}.py" for file in range(FILES_EACH)]
        run([bench.tools + "/coord-lock", "acquire", "--id", instance(number), *files], folder, 0)
    return folder


def median_ms(command, folder, rounds, expect=0):
    """The median of whole processes; `command` is given the number of the round."""
    seconds = []
    for number in range(rounds):
        line = command(number)
        start = time.perf_counter()
        run(line, folder, expect)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds) * 1000


def verbs(bench, who):
    """verb -> (our command, the shell's, exit status), each as a function of the round."""
    lock, held = bench.tools + "/coord-lock", "src/module1/file1.py"

    def shell(verb, file):
        return ["bash", "-c", SHELL, "bash", verb, who, file]

    return {
        "acquire": (lambda n: [lock, "acquire", "--id", who, f"new{n}.py"], lambda n: shell("acquire", f"s{n}.py"), 0),
        "release": (lambda n: [lock, "release", "--id", who, f"new{n}.py"], lambda n: shell("release", f"s{n}.py"), 0),
        "check": (lambda n: [lock, "check", "--id", who, held], lambda n: shell("check", held), 10),
        "heartbeat": (
            lambda n: [bench.tools + "/coord-instance", "heartbeat", "--id", who],
            lambda n: shell("heartbeat", "-"),
            0,
        ),
        "status": (lambda n: [bench.tools + "/coord-status"], lambda n: shell("status", "-"), 0),
    }


def measure(bench):
    """verb -> (our median over an empty process, the shell's or None where jq is missing), in ms."""
    os.environ.pop("CLAUDE_PROJECT_DIR", None)
    folder = fleet(bench)
    empty = median_ms(lambda n: [bench.programs + "/empty"], folder, ROUNDS)
    has_jq = shutil.which("jq") is not None and shutil.which("flock") is not None
    times = {}
    for verb, (ours, shell, expect) in verbs(bench, instance(7)).items():
        mine = median_ms(ours, folder, ROUNDS, expect) - empty
        times[verb] = (mine, median_ms(shell, folder, SHELL_ROUNDS, expect) - empty if has_jq else None)
    return times
