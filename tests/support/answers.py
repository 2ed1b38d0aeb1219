#!/usr/bin/env python3
"""answers.py BEFORE AFTER [AGAIN]: which answers of the process tests differ between two versions of the tools.

Record them by running the tests with SMB_RECORD_ANSWERS=FOLDER (tests/support/process.cc). What differs from run to run
by its nature (folders, times, process numbers, durations) is replaced by a word first. AGAIN is a second recording of
the version of BEFORE: what differs between these two proves nothing and is left out.

Exit status 0: no differences; 1: there are some, printed test by test.
"""
import collections
import json
import pathlib
import re
import sys

REPLACEMENTS = [
    (re.compile(r"/(?:tmp|var/tmp|dev/shm)/[A-Za-z0-9_.+-]+"), "<tmp>"),
    (re.compile(r"(?:/[\w.+ -]+)+/build[\w-]*/"), "<build>/"),
    (re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"), "<time>"),
    (re.compile(r"\b\d{8}T?\d{6}\w*"), "<time>"),
    (re.compile(r"\b1[5-9]\d{11}\b"), "<ms>"),
    (re.compile(r"xxh3:[0-9a-f]+"), "<hash>"),
    (re.compile(r"\b[0-9a-f]{7,40}\b"), "<hash>"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r"\b(?:pid|process|port)([ =:\"']+)\d+"), r"pid\1<n>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:<n>"),
    (re.compile(r"\b\d+(?:\.\d+)? ?(?:ms|s|min|h)\b"), "<span>"),
    (re.compile(r"\"(retry_after_s|lease_left_ms|age_s|seconds_left|pid|start_time|boot_ms)\":\d+"), r'"\1":<n>'),
    (re.compile(r"(FAIL:held:[^:\s]+:)\d+"), r"\1<n>"),
    (re.compile(r"-\d{4,7}\b"), "-<n>"),
]


def plain(text):
    for pattern, word in REPLACEMENTS:
        text = pattern.sub(word, text)
    return text


def read(folder):
    tests = {}
    for path in sorted(pathlib.Path(folder).glob("*.jsonl")):
        answers = collections.Counter()
        for line in path.read_text(errors="replace").splitlines():
            answer = json.loads(line)
            answers[(plain(answer["command"]), answer["status"], plain(answer["out"]))] += 1
        tests[path.stem] = answers
    return tests


def show(sign, answers):
    for (command, status, out), count in sorted(answers.items()):
        times = f" ({count} times)" if count > 1 else ""
        print(f"  {sign} [{status}] {command[:300]}{times}")
        for line in out.splitlines()[:12]:
            print(f"      {sign} {line[:400]}")


def main():
    if len(sys.argv) not in (3, 4):
        print("ERROR:invalid_argument:answers.py BEFORE AFTER [AGAIN]")
        return 2
    before, after = read(sys.argv[1]), read(sys.argv[2])
    again = read(sys.argv[3]) if len(sys.argv) == 4 else before
    different = 0
    for test, answers in before.items():
        if test not in after:
            print(f"{test}: not there any more")
            different += 1
            continue
        changing = (answers - again.get(test, answers)) + (again.get(test, answers) - answers)
        commands = {command for command, _, _ in changing}

        def steady(counter):
            return collections.Counter({a: n for a, n in counter.items() if a[0] not in commands})

        lost, new = steady(answers - after[test]), steady(after[test] - answers)
        if lost or new:
            different += 1
            print(f"{test}:")
            show("-", lost)
            show("+", new)
    print(f"{different} of {len(before)} tests differ, {len(set(after) - set(before))} are new")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
