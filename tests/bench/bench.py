"""Times whole processes, the contestants taking turns, and prints medians and their ratios from this one run."""
import os, shutil, statistics, subprocess, sys, tempfile, time

BIN, FLOOR = sys.argv[1], sys.argv[2]
RUNS = int(os.environ.get("RUNS", "30"))
HERE = os.path.dirname(os.path.abspath(__file__))
AWK = """exec 9>>.smbatcher/REGISTRY.lock; flock 9
awk -F'|' -v OFS='|' 'NF>4 {b=$(NF-2); gsub(/ /,"",b); s=$(NF-1); gsub(/ /,"",s)}
NF>4 && s=="O" && (want=="" || want==b) {want=b; $(NF-1)=" i "} {print}' .smbatcher/REGISTRY.md > .smbatcher/.part &&
sync .smbatcher/.part && mv .smbatcher/.part .smbatcher/REGISTRY.md && sync .smbatcher"""


def make(folder, rows):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder + "/.smbatcher")
    with open(folder + "/.smbatcher/REGISTRY.md", "w") as file:
        file.write("# Sites\n\n| Domain | Name | Description | Theme | Batch | Status |\n|---|---|---|---|---|---|\n")
        for i in range(rows):
            file.write(f"| site-{i}.example | Site {i} | A small family business | warm | {i // 5 + 1:05d} | O |\n")


def timed(command, folder):
    start = time.perf_counter()
    status = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    elapsed = (time.perf_counter() - start) * 1000
    if status != 0:
        sys.exit(f"ERROR:bench_failed:{command} ended with {status}")
    return elapsed


def measure(contestants):
    """contestants: name -> (command maker, folder). Interleaved, so that a slow moment hits all alike."""
    times = {name: [] for name in contestants}
    for turn in range(RUNS):
        for name, (command, folder) in contestants.items():
            times[name].append(timed(command(turn), folder))
    return {name: statistics.median(values) for name, values in times.items()}


def show(title, medians, base):
    print(title)
    for name, median in medians.items():
        print(f"  {name:<34} {median:8.2f} ms {median / medians[base]:8.2f} x {base}")


with tempfile.TemporaryDirectory() as top:
    for rows in (100, 1000, 10000):
        if rows < RUNS * 5:
            make_rows = RUNS * 5 + 5  # a batch for every run
        else:
            make_rows = rows
        contestants = {
            "floor": (lambda turn: [FLOOR], top + "/floor"),
            "find-next --claim": (lambda turn: [BIN + "/find-next", "--claim", "--owner", f"a{turn}"], top + "/ours"),
            "python": (lambda turn: ["/usr/bin/python3", HERE + "/reference.py"], top + "/python"),
            "flock + awk": (lambda turn: ["/bin/sh", "-c", AWK], top + "/awk"),
        }
        for _, folder in contestants.values():
            make(folder, make_rows)
        show(f"a claim, {make_rows} rows", measure(contestants), "floor")
    make(top + "/ours", 1000)
    subprocess.run([BIN + "/find-next", "--claim", "--owner", "a"], cwd=top + "/ours", stdout=subprocess.DEVNULL)
    read = {
        "empty process (--version)": (lambda turn: [BIN + "/smbatcher", "--version"], top + "/ours"),
        "find-next": (lambda turn: [BIN + "/find-next"], top + "/ours"),
        "status": (lambda turn: [BIN + "/status"], top + "/ours"),
        "heartbeat": (lambda turn: [BIN + "/heartbeat", "--owner", "a"], top + "/ours"),
        "check-claim": (lambda turn: [BIN + "/check-claim", "--batch", "00001", "--owner", "a"], top + "/ours"),
    }
    show("other calls, 1000 rows", measure(read), "empty process (--version)")
