"""Prints tables and figures, and writes docs/benchmarks.md: the same figures with the method and the machine."""

import os
import platform
import re
import sqlite3
import subprocess

PAGE = """\
# Benchmarks

Written by `make bench`. A figure is a ratio of medians from one run, or a difference where it says so; milliseconds are
of this machine and moment. A bar that is missed fails no build; it is said here.

## The machine

{machine}

## Figures

{figures}

## How it is measured

- A **time** is that of a whole process, from `posix_spawn` to the end of the wait for it, taken by a small C program:
  {runs} timed runs each, after some that create what a queue has from its first claim on. The contestants take turns,
  so that a slow moment of the machine hits all alike; every other turn goes backwards. Each contestant runs twice in
  its turn and the second run counts: what a claim leaves for the disk to do is paid by the next claim of the same
  contestant.
- **floor**: a static C program that takes the lock, finds the batch with `memchr`, flips its letters, writes, calls
  `fsync`, renames, and calls `fsync` on the folder. No lease, no history, no check.
- **smbatcher**: the executable `find-next --claim` as it is installed, each claim by another owner.
- **sqlite3**: a static C program, one process for each claim: `BEGIN IMMEDIATE`, `UPDATE … RETURNING`, `COMMIT` on an
  indexed table of the same rows; write-ahead log, `synchronous=FULL`, a busy timeout of 60 s. No lease, no history. As
  SQLite does by default, the last process to close the database moves the log into it; **sqlite3, log kept** leaves
  that to every thousandth page, and has no bar.
- **Python**: `fcntl.flock`, plain strings, `os.fsync`, `os.rename`. No lease, no history.
- **flock + awk**: `flock(1)`, `awk`, `sync FILE`, `mv`. No lease, no history.
- **The life of a claim** is measured in the order of its table, each call going on from the one before.
- **Emptying a queue**: the workers wait behind a barrier, then each claims, one process for each claim, until nothing
  is left; {runs} rounds, the contestants taking turns, where nothing else is said. The total is the median over the
  rounds, the longest wait the median over the rounds of the longest run in each. What was given out is compared with
  what was there, in every round. Jain's index of the claims per worker is 1 when all got the same number, and 1/n when
  one of n got all; it and the claims of a worker are those of the last round.
- **The long history** repeats lines that the tools wrote (a batch claimed and released) for all batches of the
  registry; the 10,000 leases are of batches in progress, which in the other queue are finished work. The registries
  that are compared have one size.
- **A worker** is `implement-run --exec true --loop`; the single calls beside it are a claim for each batch, and a shell
  and a completion for each site. Waiting is for a batch that somebody else holds.
- **Similarity** is one call of `similarity` over designs of 300 words, five colours and two fonts each, made up anew
  with the same random numbers every time.
- Batches have five sites where nothing else is said.

## What was seen

{tables}
"""


def figure_rows(figures):
    rows = []
    for figure in figures:
        digits = 0 if figure.bar == 0 else 1 if figure.value >= 10 else 3
        value = f"{figure.value:.{digits}f}"
        bar = f"{figure.relation} {figure.bar:g}"
        unit = " " + figure.unit if figure.unit else ""
        rows.append((figure.name, value + unit, bar + unit, "met" if figure.met else "NOT met"))
    return rows


FIGURES_HEADER = ("figure", "value", "bar", "")


def plain(header, rows):
    widths = [max(len(line[i]) for line in [header, *rows]) for i in range(len(header))]
    for line in [header, *rows]:
        cells = [cell.rjust(width) for cell, width in zip(line, widths)]
        print("  " + "  ".join([line[0].ljust(widths[0]), *cells[1:]]).rstrip())


def markdown(header, rows):
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def show(figures, tables):
    for table in tables:
        print(table.title)
        plain(table.header, table.rows)
    for name, value, bar, met in figure_rows(figures):
        print(f"  {met}: {name}: {value} ({bar})")
    print(flush=True)


def summarize(figures):
    plain(FIGURES_HEADER, figure_rows(figures))


def first_match(path, pattern, otherwise="unknown"):
    try:
        with open(path) as file:
            match = re.search(pattern, file.read(), re.MULTILINE)
    except OSError:
        match = None
    return match.group(1).strip() if match else otherwise


def said_by(*command):
    try:
        ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    except OSError:
        return "unknown"
    return (ran.stdout.strip().splitlines() or ["unknown"])[0]


def disk_of(folder):
    """File system, its options and the kind of disk under `folder`; no names of hosts or folders."""
    kind, _, options = said_by("findmnt", "-n", "-o", "FSTYPE,SOURCE,OPTIONS", "-T", folder).partition(" ")
    source, _, options = options.strip().partition(" ")
    device = os.path.basename(said_by("lsblk", "-n", "-o", "PKNAME", source)) or os.path.basename(source)
    if not os.path.exists(f"/sys/block/{device}"):
        device = os.path.basename(source)
    queue = f"/sys/block/{device}/queue"
    spins = {"0": "solid state", "1": "rotating"}.get(first_match(queue + "/rotational", r"(\d)"), "unknown kind of")
    cache = first_match(queue + "/write_cache", r"(.+)", "unknown")
    model = "virtio" if device.startswith("vd") else first_match(f"/sys/block/{device}/device/model", r"(.+)", device)
    told = ",".join(option for option in options.strip().split(",") if "/" not in option)
    return f"{kind} ({told})", f"{model}, {spins} disk as the kernel reports it, {cache} cache"


def machine(scratch):
    memory_kib = int(first_match("/proc/meminfo", r"MemTotal:\s+(\d+)", "0"))
    files, disk = disk_of(scratch)
    awk = os.path.basename(os.path.realpath(said_by("sh", "-c", "command -v awk")))
    processor = first_match("/proc/cpuinfo", r"model name\s*:(.*)", platform.machine())
    rows = [
        ("processor", f"{processor}, {os.cpu_count()} cores"),
        ("memory", f"{memory_kib / 1024 / 1024:.0f} GiB"),
        ("kernel", f"{platform.system()} {platform.release().split('-')[0]}"),
        ("file system", files),
        ("disk", disk),
        ("system", first_match("/etc/os-release", 'PRETTY_NAME="(.*)"')),
        ("compared with", f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {awk}"),
    ]
    return markdown(("", ""), rows).replace("---:", "---")


def write_page(path, scratch, runs, figures, tables):
    shown = "\n\n".join(f"### {table.title}\n\n{markdown(table.header, table.rows)}" for table in tables)
    text = PAGE.format(
        machine=machine(scratch), runs=runs, figures=markdown(FIGURES_HEADER, figure_rows(figures)), tables=shown
    )
    with open(path, "w") as file:
        file.write(text)
