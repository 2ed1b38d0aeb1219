"""What repo-sync costs when there is nothing to do: beside a shell that runs the same git commands, and no more."""

import os
import shutil
import statistics
import subprocess
import time

FILES = 1_000
ROUNDS = 30
BAR = 1.5

# A tree cannot be brought in line with less: where the repository is, what changed, which branch it follows, what is
# new there, and where that is.
GIT = r"""
set -eu
git rev-parse --path-format=absolute --git-dir --git-common-dir --is-bare-repository --show-toplevel
git status --porcelain=v2 --branch -z --no-renames --untracked-files=all --ignore-submodules=none
git config -z --get-regexp '^(branch\..*\.(remote|merge)|remote\..*\.url)$'
git fetch -q --no-recurse-submodules -- origin
git rev-parse -q --verify 'refs/remotes/origin/main^{commit}'
"""


def environment(folder):
    return os.environ | {
        "HOME": folder,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        **{f"GIT_{who}_{what}": "bench@t.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }


def timed(command, folder, env):
    start = time.perf_counter()
    ran = subprocess.run(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    took = (time.perf_counter() - start) * 1e3
    if ran.returncode != 0:
        raise SystemExit(f"ERROR:bench_failed:{command[0]} ended with {ran.returncode}: {ran.stdout[:300]}")
    return took, ran.stdout


def measure(bench):
    """Median ms of repo-sync and of git alone, in a clone that is in line with its remote."""
    home = bench.folder("sync")
    shutil.rmtree(home, ignore_errors=True)
    os.makedirs(home)
    env = environment(home)
    for command in (["git", "init", "-q", "--bare", "-b", "main", "remote"], ["git", "clone", "-q", "remote", "tree"]):
        timed(command, home, env)
    tree = home + "/tree"
    timed(["git", "checkout", "-q", "-B", "main"], tree, env)
    for number in range(FILES):
        os.makedirs(f"{tree}/folder{number // 50}", exist_ok=True)
        with open(f"{tree}/folder{number // 50}/{number}.txt", "w") as file:
            file.write(f"{number}\n")
    for command in (["git", "add", "-A"], ["git", "commit", "-q", "-m", "files"], ["git", "push", "-q", "-u", "origin", "main"]):
        timed(command, tree, env)
    ours, git = [], []
    for number in range(ROUNDS + 1):
        took, said = timed([bench.tools + "/repo-sync"], tree, env)
        if not said.startswith(b"OK:up_to_date"):
            raise SystemExit(f"ERROR:bench_failed:repo-sync said {said[:300]}")
        if number > 0:
            ours.append(took)
            git.append(timed(["sh", "-c", GIT], tree, env)[0])
    return statistics.median(ours), statistics.median(git)
