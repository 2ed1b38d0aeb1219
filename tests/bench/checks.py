"""What the checks of designs cost: all designs compared with all others, whole processes."""

import os
import random
import statistics
import subprocess
import time

import queues

DESIGNS = 2_000
ROUNDS = 5
WORDS = 300
HEADINGS = ("Concept", "Palette", "Typography", "Layout", "Components", "Content")


def texts(count, alike):
    """Designs as agents write them, made up by a fixed seed; every `alike`-th is another one's copy."""
    chance = random.Random(1)
    vocabulary = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(3_000)]
    weights = [1 / (i + 1) for i in range(len(vocabulary))]  # few words are most of a text
    text = ""
    for number in range(count):
        if number % alike == 0:
            colours = "".join(f'  c{i}: "#{chance.randrange(1 << 24):06x}"\n' for i in range(5))
            fonts = f"fonts: [Font {chance.randrange(40)}, Font {chance.randrange(40)}]\n"
            layout = "layout: " + " ".join(chance.choices(vocabulary[:50], k=4)) + "\n"
            text = f"---\npalette:\n{colours}{fonts}{layout}---\n\n# Site\n"
            for heading in HEADINGS:
                words = chance.choices(vocabulary, weights, k=WORDS // len(HEADINGS))
                text += f"\n## {heading}\n\n{' '.join(words)}\n"
        yield text


def queue_of_designs(folder, alike):
    queues.markdown_queue(folder, queues.ready_rows(DESIGNS, status="D"))
    for number, text in enumerate(texts(DESIGNS, alike)):
        home = f"{folder}/sites/{queues.domain(number)}"
        os.makedirs(home)
        with open(home + "/DESIGN.md", "w") as file:
            file.write(text)


def similarity_s(bench, alike, pairs):
    """The median of whole runs of `similarity` in seconds; `pairs` is how many it must find."""
    folder = bench.folder("similarity")
    queue_of_designs(folder, alike)
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        ran = subprocess.run([bench.tools + "/similarity"], cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
        seconds.append(time.perf_counter() - start)
        if not ran.stdout.startswith(f"OK:similarity:{pairs}\n"):
            raise SystemExit(f"ERROR:bench_failed:similarity said {ran.stdout[:100]}")
    return statistics.median(seconds)


def measure(bench):
    """Seconds for designs of which every other one is a copy, and for copies of one."""
    return similarity_s(bench, 2, DESIGNS // 2), similarity_s(bench, DESIGNS, DESIGNS * (DESIGNS - 1) // 2)
