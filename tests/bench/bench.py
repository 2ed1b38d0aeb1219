"""make bench: times whole processes, prints each figure with its bar, and writes docs/benchmarks.md.

Usage: bench.py TOOLS PROGRAMS SCRATCH PAGE. RUNS (30) and ONLY (a regular expression over the names of the experiments)
come from the environment; the page is written only by a whole run of at least 30. A missed bar is said and is
no error; a batch that was not given out exactly once is one.
"""

import os
import re
import signal
import sys

import report
from experiments import ENOUGH_RUNS, NOT_ONCE, Bench, all_experiments


def number_of_runs():
    text = os.environ.get("RUNS", str(ENOUGH_RUNS))
    if not text.isdigit() or not 1 <= int(text) <= 150:
        raise SystemExit(f"ERROR:invalid_argument:RUNS is '{text}': a number from 1 to 150")
    return int(text)


def chosen_experiments():
    experiments = all_experiments()
    only = re.compile(os.environ.get("ONLY", ""))
    chosen = {name: run for name, run in experiments.items() if only.search(name)}
    if not chosen:
        raise SystemExit(f"ERROR:invalid_argument:ONLY chooses none of {', '.join(experiments)}")
    return chosen, len(chosen) == len(experiments)


def main():
    tools, programs, scratch, page = sys.argv[1:]
    chosen, is_whole = chosen_experiments()
    bench = Bench(tools, programs, os.path.dirname(os.path.abspath(__file__)), scratch, number_of_runs())
    figures, tables = [], []
    for run in chosen.values():
        seen, shown = run(bench)
        figures, tables = figures + seen, tables + shown
        report.show(seen, shown)
    report.summarize(figures)
    if is_whole and bench.runs >= ENOUGH_RUNS:
        report.write_page(page, scratch, bench.runs, figures, tables)
        left = ""
    else:
        left = f"; the page is left as it is: it takes all experiments and {ENOUGH_RUNS} runs"
    if any(NOT_ONCE in figure.name and not figure.met for figure in figures):
        print("FAIL:not_given_out_once")
        return 1
    print(f"OK:measured:{sum(figure.met for figure in figures)} of {len(figures)} bars met{left}")
    return 0


for number in (signal.SIGPIPE, signal.SIGINT):
    signal.signal(number, signal.SIG_DFL)  # an end without a trace; the caller clears up
try:
    sys.exit(main())
except SystemExit as stop:
    if isinstance(stop.code, str):
        print(stop.code)
        sys.exit(2)
    raise
