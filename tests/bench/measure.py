"""Runs the two timing programs, turns and drain, and makes numbers of what they print."""

import collections
import dataclasses
import os
import shutil
import statistics
import subprocess


@dataclasses.dataclass
class Samples:
    """What the timed runs of one command took."""

    wall_ms: list = dataclasses.field(default_factory=list)
    cpu_ms: list = dataclasses.field(default_factory=list)
    peak_mib: float = 0.0

    @property
    def median(self):
        return statistics.median(self.wall_ms)

    @property
    def cpu(self):
        return statistics.median(self.cpu_ms)

    @property
    def quartiles(self):
        if len(self.wall_ms) < 2:
            return self.wall_ms[0], self.wall_ms[0]
        first, _, third = statistics.quantiles(self.wall_ms, n=4)
        return first, third


@dataclasses.dataclass
class Drains:
    """What emptying a queue took, once for each round."""

    total_ms: list = dataclasses.field(default_factory=list)
    longest_ms: list = dataclasses.field(default_factory=list)
    claims: list = dataclasses.field(default_factory=list)  # of each worker, in the last round
    wrong: list = dataclasses.field(default_factory=list)  # batches not given out exactly once

    @property
    def total(self):
        return statistics.median(self.total_ms)

    @property
    def longest(self):
        return statistics.median(self.longest_ms)

    @property
    def fairness(self):
        """Jain's index of claims per worker: 1 when all got the same, 1/n when one got all."""
        return sum(self.claims) ** 2 / (len(self.claims) * sum(count**2 for count in self.claims))


def output_of(command):
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if ran.returncode != 0:
        raise SystemExit(f"ERROR:bench_failed:{ran.stdout.strip().splitlines()[-1:] or command}")
    return ran.stdout.splitlines()


def turns(program, way, count, commands, samples, first=1):
    """Adds to `samples` (by name) what `count` turns of `commands` (name -> (folder, arguments)) took.

    One turn more is taken before, which does not count: it creates what a queue has from its first claim on.
    """
    os.sync()  # what making the queues left to be written is not paid by those who claim
    command = [program, way, str(count + 1), str(first)]
    for name, (folder, arguments) in commands.items():
        samples.setdefault(name, Samples())
        command += ["--", folder, *arguments]
    names = list(commands)
    for line in output_of(command)[len(names) :]:
        index, wall_us, cpu_us, peak_kib = line.split()
        sample = samples[names[int(index)]]
        sample.wall_ms.append(float(wall_us) / 1000)
        sample.cpu_ms.append(float(cpu_us) / 1000)
        sample.peak_mib = max(sample.peak_mib, int(peak_kib) / 1024)


def drain(program, workers, folder, arguments, batches, drains):
    """Adds to `drains` what `workers` processes took to claim `batches`, and checks that each was given out once."""
    answers = folder + "/answers"
    os.mkdir(answers)
    os.sync()
    total_us, *tallies = output_of([program, str(workers), folder, answers, *arguments])
    drains.total_ms.append(float(total_us) / 1000)
    drains.claims = [int(line.split()[0]) for line in tallies]
    drains.longest_ms.append(max(float(line.split()[1]) for line in tallies) / 1000)
    given = []
    for worker in range(workers):
        with open(f"{answers}/{worker}") as file:
            given += [line.strip() for line in file if not line.startswith("FAIL:no_work_found")]
    wanted, got = collections.Counter(batches), collections.Counter(given)
    drains.wrong += sorted(((wanted - got) + (got - wanted)).elements())
    shutil.rmtree(folder)
