"""What a worker costs: a loop over many sites beside the calls that it stands for, and waiting for work."""

import os
import statistics
import subprocess
import time

import queues
from measure import turns

BATCHES = 20
PER_BATCH = 5
ROUNDS = 5
IDLE_S = 10


def site(place, batch):
    return f"s{place}-{batch}.example"


def queue_of_sites(folder):
    """A queue whose sites have everything that a completion looks for."""
    batches = [queues.batch_id(number + 1) for number in range(BATCHES)]
    rows = [
        (site(i, batch), "Site", "A small family business", "warm", batch, "O")
        for batch in batches
        for i in range(PER_BATCH)
    ]
    queues.markdown_queue(folder, rows)
    for row in rows:
        home = f"{folder}/sites/{row[0]}"
        os.makedirs(home)
        for name, text in (
            ("DESIGN.md", "# Concept\n\nText.\n"),
            ("index.html", queues.PAGE),
            ("styles.css", "body {}\n"),
        ):
            with open(f"{home}/{name}", "w") as file:
                file.write(text)


def run(command, folder):
    """Runs it to its end: wall and processor time in ms, of it and of what it started, and its first line."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    first = process.stdout.readline().strip()
    process.stdout.read()
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return (time.perf_counter() - start) * 1e3, (usage.ru_utime + usage.ru_stime) * 1e3, first


def loop_ms(bench, folder):
    queue_of_sites(folder)
    wall, _, answer = run([bench.tools + "/implement-run", "--exec", "true", "--loop", "--owner", "a"], folder)
    if answer != f"OK:drained:{BATCHES * PER_BATCH}":
        raise SystemExit(f"ERROR:bench_failed:implement-run said {answer}")
    return wall


def calls_ms(bench, folder):
    """A claim for each batch, and for each site a shell and a completion: whole processes, one after the other."""
    queue_of_sites(folder)
    commands = {"claim": (folder, [bench.tools + "/find-next", "--claim", "--owner", "a@"])}
    for i in range(PER_BATCH):
        commands[f"command {i}"] = (folder, ["/bin/sh", "-c", "true"])
        complete = [bench.tools + "/implement-complete", site(i, "@"), "--owner", "a@"]
        commands[f"complete {i}"] = (folder, complete)
    samples = {}
    turns(bench.programs + "/turns", "chain", BATCHES - 1, commands, samples)
    return sum(sum(sample.wall_ms) for sample in samples.values()) * BATCHES / (BATCHES - 1)


def idle_ms_a_second(bench, folder):
    queues.markdown_queue(folder, queues.ready_rows(PER_BATCH))
    queues.ask(bench.tools + "/find-next", folder, "--claim", "--owner", "somebody")
    worker = [bench.tools + "/implement-run", "--exec", "true"]
    _, at_once, _ = run(worker, folder)
    _, waiting, answer = run([*worker, "--wait", str(IDLE_S)], folder)
    if answer != "FAIL:no_batch_ready:all_held":
        raise SystemExit(f"ERROR:bench_failed:implement-run said {answer}")
    return max(waiting - at_once, 0) / IDLE_S


def measure(bench):
    """Medians: of the loop, of the calls that it stands for, and the processor time of waiting."""
    folder = bench.folder("worker")
    loops, calls = [], []
    for _ in range(ROUNDS):
        loops.append(loop_ms(bench, folder))
        calls.append(calls_ms(bench, folder))
    return statistics.median(loops), statistics.median(calls), idle_ms_a_second(bench, folder)
