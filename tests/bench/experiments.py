"""What is measured: each experiment gives a table of what it saw, and figures with the bar they are held to."""

import dataclasses
import os
import shutil

import checks
import coordination
import pages
import queues
import sync
import workers
from measure import Drains, Samples, drain, turns

MIB = 1024 * 1024
SIZES = (100, 1_000, 10_000, 100_000)
CLAIMERS = (8, 32, 64)
ENOUGH_RUNS = 30
NOT_ONCE = "batches not given out once"
WARM_UP = 2  # runs of each command in the turn that does not count


@dataclasses.dataclass
class Figure:
    name: str
    value: float
    unit: str
    relation: str  # of value to bar: ≤, < or ≥
    bar: float

    @property
    def met(self):
        if self.relation == "≥":
            return self.value >= self.bar
        return self.value < self.bar if self.relation == "<" else self.value <= self.bar


@dataclasses.dataclass
class Table:
    title: str
    header: tuple
    rows: list


@dataclasses.dataclass
class Contestant:
    """Somebody who can claim: how its queue is made, and its command."""

    make: callable
    command: list


@dataclasses.dataclass
class Bench:
    tools: str  # the folder of the tools
    programs: str  # the folder of the compiled programs
    sources: str  # this folder
    scratch: str
    runs: int

    def contestants(self):
        claim = [self.tools + "/find-next", "--claim", "--owner", "a@", "--format", "simple"]
        return {
            "floor": Contestant(queues.markdown_queue, [self.programs + "/floor"]),
            "smbatcher": Contestant(queues.markdown_queue, claim),
            "sqlite3": Contestant(queues.sqlite_queue, [self.programs + "/sqlite_claim"]),
            "sqlite3, log kept": Contestant(queues.sqlite_queue, [self.programs + "/sqlite_claim", "keep-log"]),
            "Python": Contestant(queues.markdown_queue, ["/usr/bin/python3", self.sources + "/reference.py"]),
            "flock + awk": Contestant(queues.markdown_queue, ["/bin/sh", self.sources + "/flock_awk.sh"]),
        }

    def folder(self, name):
        return f"{self.scratch}/{name.replace(' ', '')}"

    def turns(self, *arguments, **options):
        turns(self.programs + "/turns", *arguments, **options)


def times_table(title, samples, base):
    rows = [
        (
            name,
            f"{sample.median:.2f}",
            "{:.2f}–{:.2f}".format(*sample.quartiles),
            f"{sample.median / samples[base].median:.2f}",
            f"{sample.cpu:.2f}",
            f"{sample.peak_mib:.1f}",
        )
        for name, sample in samples.items()
    ]
    return Table(title, ("", "median ms", "middle half", f"× {base}", "CPU ms", "peak MiB"), rows)


def claims(bench, rows):
    """Everybody claims from a queue of this size; queues are made anew before they are empty."""
    contestants = bench.contestants()
    samples = {name: Samples() for name in contestants}
    commands = {name: (bench.folder(name), contestant.command) for name, contestant in contestants.items()}
    block = (rows // queues.PER_BATCH - WARM_UP) // 2
    left = bench.runs
    while left > 0:
        for name, contestant in contestants.items():
            contestant.make(bench.folder(name), queues.ready_rows(rows))
        size = os.path.getsize(queues.registry_path(bench.folder("smbatcher")))
        bench.turns("race", min(left, block), commands, samples)
        left -= block
    ours = samples["smbatcher"]
    name = f"claim, {rows:,} rows"
    figures = [Figure(name, ours.median / samples["floor"].median, "× floor", "≤", 1.5)]
    if rows == 1_000:
        figures += [
            Figure(name + ", to sqlite3", ours.median / samples["sqlite3"].median, "× sqlite3", "<", 1),
            Figure(name + ", to Python", ours.median / samples["Python"].median, "× Python", "≤", 0.125),
            Figure(name + ", peak memory", ours.peak_mib, "MiB", "≤", 6),
        ]
    if rows == 100_000:
        above = ours.peak_mib - size / MIB
        figures.append(Figure(name + ", peak memory above the file's size", above, "MiB", "≤", 16))
    return figures, [times_table(f"A claim, {rows:,} rows", samples, "floor")]


def reads(bench):
    """What only reads, over an empty process."""
    folder = bench.folder("reads")
    queues.markdown_queue(folder, queues.ready_rows(1_000))
    queues.ask(bench.tools + "/find-next", folder, "--claim", "--owner", "a")
    samples = {}
    commands = {
        "empty process": (folder, [bench.programs + "/empty"]),
        "find-next": (folder, [bench.tools + "/find-next"]),
        "status": (folder, [bench.tools + "/status"]),
    }
    bench.turns("race", bench.runs, commands, samples)
    base = samples["empty process"].median
    figures = [
        Figure(f"{name}, 1,000 rows, over an empty process", samples[name].median - base, "ms", "≤", 1.5)
        for name in ("find-next", "status")
    ]
    return figures, [times_table("Only reading, 1,000 rows", samples, "empty process")]


def verbs(bench):
    """The life of a claim, call after call; turn n is about batch n."""

    def tool(name, *arguments):
        return [f"{bench.tools}/{name}", *arguments]

    samples = {}
    kept, given_back = bench.folder("kept"), bench.folder("given back")
    for folder in (kept, given_back):
        queues.markdown_queue(folder, queues.ready_rows(1_000))
    queues.site_files(kept, 1_000)
    commands = {
        "claim": (kept, tool("find-next", "--claim", "--owner", "a@")),
        "heartbeat": (kept, tool("heartbeat", "--owner", "a@")),
        "check-claim": (kept, tool("check-claim", "--batch", "@", "--owner", "a@")),
        "implement-complete": (kept, tool("implement-complete", "--batch", "@", "--owner", "a@")),
        "claim, to be released": (given_back, tool("find-next", "--claim", "--owner", "a@")),
        "release": (given_back, tool("release", "--batch", "00001", "--owner", "a@", "--no-attempt")),
    }
    bench.turns("chain", bench.runs, commands, samples)
    figures = []
    for name in ("heartbeat", "check-claim", "release", "implement-complete"):
        base = "claim, to be released" if name == "release" else "claim"
        figures.append(Figure(f"{name}, 1,000 rows", samples[name].median / samples[base].median, "× claim", "≤", 1))
    return figures, [times_table("The life of a claim, 1,000 rows", samples, "claim")]


def drained(bench, workers, rounds, batches, per_batch, names):
    contestants = bench.contestants()
    drains = {name: Drains() for name in names}
    wanted = [queues.batch_id(i + 1) for i in range(batches)]
    for turn in range(rounds):
        for name in names if turn % 2 == 0 else names[::-1]:
            folder = bench.folder(name)
            contestants[name].make(folder, queues.ready_rows(batches * per_batch, per_batch))
            drain(bench.programs + "/drain", workers, folder, contestants[name].command, wanted, drains[name])
    for name in names:
        if name != "smbatcher" and drains[name].wrong:
            raise SystemExit(f"ERROR:bench_failed:{name} gave out wrongly: {drains[name].wrong[:10]}")
    return drains


def once_figure(title, drains):
    wrong = drains["smbatcher"].wrong
    if wrong:
        print("given out never or more than once:", *wrong[:100])
    return Figure(title + ", " + NOT_ONCE, len(wrong), "", "≤", 0)


def drains_table(title, drains):
    rows = [
        (
            name,
            f"{drain.total:.0f}",
            f"{drain.total / drains['floor'].total:.2f}",
            f"{drain.longest:.0f}",
            f"{min(drain.claims)}–{max(drain.claims)}",
            f"{drain.fairness:.3f}",
        )
        for name, drain in drains.items()
    ]
    return Table(title, ("", "total ms", "× floor", "longest wait ms", "claims of a worker", "Jain's index"), rows)


def crowds(bench, workers):
    """Many claimers empty a queue of 400 batches."""
    drains = drained(bench, workers, bench.runs, 400, queues.PER_BATCH, ["floor", "smbatcher", "sqlite3"])
    ours, name = drains["smbatcher"], f"{workers} claimers, 400 batches"
    figures = [
        once_figure(name, drains),
        Figure(name + ", total", ours.total / drains["floor"].total, "× floor", "≤", 1.5),
        Figure(name + ", longest wait", ours.longest / drains["sqlite3"].longest, "× sqlite3", "≤", 0.5),
    ]
    return figures, [drains_table(f"{workers} claimers empty a queue of 400 batches of 5", drains)]


def fairness(bench):
    """64 claimers, 100 claims each on average; a quick look makes do with 10."""
    batches = 64 * (100 if bench.runs >= ENOUGH_RUNS else 10)
    drains = drained(bench, 64, 1, batches, 1, ["floor", "smbatcher", "sqlite3"])
    title = f"64 claimers, {batches:,} claims"
    figures = [
        Figure(title + ", Jain's index", drains["smbatcher"].fairness, "", "≥", 0.9),
        once_figure(title, drains),
    ]
    return figures, [drains_table(f"64 claimers empty a queue of {batches:,} batches of 1, once", drains)]


def long_past(bench, title, without, with_it):
    """Claims from two queues whose registries have one size: one with a long past, and one without."""
    commands, samples = {}, {}
    for name, make in (("without", without), ("with", with_it)):
        folder = bench.folder(title + name)
        make(folder)
        commands[name] = (folder, bench.contestants()["smbatcher"].command)
    bench.turns("race", bench.runs, commands, samples)
    for folder, _ in commands.values():
        shutil.rmtree(folder)
    ratio = samples["with"].median / samples["without"].median
    return [Figure(f"claim, {title}", ratio, "× without", "≤", 1.2)], [
        times_table(f"A claim with and without {title}", samples, "without")
    ]


def long_history(bench):
    past = queues.Past(bench.tools, bench.scratch, queues.PER_BATCH, released=True)
    return long_past(
        bench,
        "100,000 lines of history",
        lambda folder: queues.markdown_queue(folder, queues.ready_rows(1_000)),
        lambda folder: queues.with_history(past, bench.tools, folder, 1_000, 100_000),
    )


def many_leases(bench):
    past = queues.Past(bench.tools, bench.scratch, 1, released=False)
    return long_past(
        bench,
        "10,000 leases",
        lambda folder: queues.markdown_queue(folder, queues.leased_rows(1_000, 10_000, "I")),
        lambda folder: queues.with_leases(past, bench.tools, folder, 1_000, 10_000),
    )


def worker(bench):
    """A worker's loop beside the same work by single calls."""
    loop, calls, idle = workers.measure(bench)
    sites = workers.BATCHES * workers.PER_BATCH
    figures = [
        Figure(f"worker, {sites} sites, a command that does nothing", loop / calls, "× single calls", "≤", 1.5),
        Figure("worker, waiting for work, processor time a second", idle, "ms", "≤", 1),
    ]
    rows = [("single calls", f"{calls:.0f}", "1.00"), ("worker", f"{loop:.0f}", f"{loop / calls:.2f}")]
    title = f"{sites} sites claimed, worked on and completed"
    return figures, [Table(title, ("", "median ms", "× single calls"), rows)]


def similarity(bench):
    """All designs compared with all others."""
    varied, alike = checks.measure(bench)
    name = f"similarity, {checks.DESIGNS:,} designs"
    figures = [Figure(name, varied, "s", "≤", 4), Figure(name + ", all the same", alike, "s", "≤", 4)]
    rows = [("every other one a copy", f"{varied:.2f}"), ("all the same", f"{alike:.2f}")]
    return figures, [Table(f"{checks.DESIGNS:,} designs compared with each other", ("", "median s"), rows)]


def coordinated(bench):
    """Instances and file locks beside a shell loop that does the same with jq and flock."""
    times = coordination.measure(bench)
    fleet = f"{coordination.INSTANCES} instances, {coordination.INSTANCES * coordination.FILES_EACH:,} locks"
    figures = []
    rows = []
    for verb, (ours, shell) in times.items():
        name = f"coordination: {verb}, {fleet}"
        figures.append(Figure(name + ", over an empty process", ours, "ms", "≤", coordination.BAR_MS))
        if shell is not None:
            figures.append(Figure(name, ours / shell, "× jq and flock", "≤", 0.25))
        ratio = "" if shell is None else f"{ours / shell:.2f}"
        rows.append((verb, f"{ours:.1f}", "" if shell is None else f"{shell:.0f}", ratio))
    if any(shell is None for _, shell in times.values()):
        print("jq or flock is not installed: coordination is compared with nothing (apt-get install jq util-linux)")
    heads = ("", "median ms", "with jq and flock", "× jq and flock")
    return figures, [Table(f"One call at {fleet}, less an empty process", heads, rows)]


def synced(bench):
    """A git sync with nothing to do, beside the git commands that it has to run anyway."""
    ours, git = sync.measure(bench)
    name = f"repo-sync with nothing to do, {sync.FILES:,} files"
    rows = [("repo-sync", f"{ours:.1f}", f"{ours / git:.2f}"), ("its git commands in a shell", f"{git:.1f}", "1.00")]
    table = Table(f"A sync with nothing to do, {sync.FILES:,} files", ("", "median ms", "× git"), rows)
    return [Figure(name, ours / git, "× git", "≤", sync.BAR)], [table]


def checks_of_sites(bench):
    """check-html beside html-validate, where that is installed, and all checks of a site."""
    ours, other = pages.check_html_s(bench)
    whole = pages.verify_site_s(bench)
    rows = [("check-html", f"{ours * 1000:.0f}")]
    figures = [Figure(f"verify-site, a site of {pages.SITE_PAGES} pages", whole, "s", "≤", 1)]
    if other is not None:
        rows.append(("html-validate", f"{other * 1000:.0f}"))
        figures.insert(0, Figure(f"check-html, {pages.PAGES} pages", ours / other, "× html-validate", "≤", 0.01))
    else:
        print("html-validate is not installed: check-html is compared with nothing (npm install html-validate)")
    return figures, [Table(f"{pages.PAGES} pages checked by one process", ("", "median ms"), rows)]


def all_experiments():
    """In the order of the page: name -> experiment. ONLY is matched against the names."""
    experiments = {f"claim-{rows}": lambda bench, rows=rows: claims(bench, rows) for rows in SIZES}
    experiments.update({"reads": reads, "verbs": verbs})
    experiments.update({f"crowd-{count}": lambda bench, count=count: crowds(bench, count) for count in CLAIMERS})
    return experiments | {
        "pages": checks_of_sites,
        "similarity": similarity,
        "coordination": coordinated,
        "sync": synced,
        "worker": worker,
        "fairness": fairness,
        "history": long_history,
        "leases": many_leases,
    }
