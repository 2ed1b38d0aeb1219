"""Makes queues in scratch folders: a registry, the same rows in SQLite, and registries with a long past."""

import json
import os
import shutil
import sqlite3
import subprocess

PER_BATCH = 5
TITLE = "# Sites\n\n| Domain | Name | Description | Theme | Batch | Status |\n|---|---|---|---|---|---|\n"
PAGE = """\
<!doctype html>
<html lang="en">
<title>Site</title>
<link rel="stylesheet" href="styles.css">
</html>
"""


def batch_id(index):
    return f"{index:05d}"


def domain(index):
    return f"site-{index}.example"


def ready_rows(count, per_batch=PER_BATCH, first_row=0, first_batch=1, status="O"):
    """Rows of batches that can be claimed, as (domain, name, description, theme, batch, status)."""
    for i in range(count):
        number = first_row + i
        batch = batch_id(first_batch + i // per_batch)
        yield (domain(number), f"Site {number}", "A small family business", "warm", batch, status)


def empty_folder(folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder + "/.smbatcher")
    os.mkdir(folder + "/.git")  # the top of a repository: nothing above it is looked at
    return folder


def registry_path(folder):
    return folder + "/.smbatcher/REGISTRY.md"


def markdown_queue(folder, rows):
    empty_folder(folder)
    with open(registry_path(folder), "w") as file:
        file.write(TITLE)
        file.writelines("| " + " | ".join(row) + " |\n" for row in rows)


def sqlite_queue(folder, rows):
    empty_folder(folder)
    database = sqlite3.connect(folder + "/queue.db")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute(
        "CREATE TABLE sites (domain TEXT PRIMARY KEY, name TEXT, description TEXT, theme TEXT, batch TEXT, status TEXT)"
    )
    database.executemany("INSERT INTO sites VALUES (?, ?, ?, ?, ?, ?)", rows)
    database.execute("CREATE INDEX ready ON sites (status, batch)")
    database.commit()
    database.close()


def site_files(folder, count):
    for i in range(count):
        site = f"{folder}/sites/{domain(i)}"
        os.makedirs(site)
        for name, text in (("index.html", PAGE), ("styles.css", "body { margin: auto }\n")):
            with open(f"{site}/{name}", "w") as file:
                file.write(text)


def ask(tool, folder, *arguments):
    """Runs a tool; its answer, which must be a success without warnings."""
    ran = subprocess.run([tool, *arguments, "--format", "json"], cwd=folder, stdout=subprocess.PIPE, check=False)
    answer = json.loads(ran.stdout)
    if ran.returncode != 0 or answer.get("warnings"):
        raise SystemExit(f"ERROR:bench_failed:{os.path.basename(tool)} said {ran.stdout.decode().strip()[:300]}")
    return answer


class Past:
    """History lines as the tools themselves write them: those of one batch, recorded once and repeated for others.

    In a repetition the batch, its domains, the token and the numbers of the events are others, everything else stays.
    """

    def __init__(self, tools, scratch, per_batch, released):
        """Records a claim of one batch, and its release when `released`."""
        folder = scratch + "/past"
        markdown_queue(folder, ready_rows(per_batch, per_batch))
        claim = ask(tools + "/find-next", folder, "--claim", "--owner", "past", "--lease", "100h")
        if released:
            ask(tools + "/release", folder, "--token", str(claim["token"]), "--no-attempt")
        with open(folder + "/.smbatcher/state/history.jsonl") as file:
            lines = [json.loads(line) for line in file]
        shutil.rmtree(folder)
        self.opening = [line for line in lines if line.get("verb") == "opened"]
        self.lines = [line for line in lines if line.get("verb") != "opened"]
        self.events = sum("event" in line for line in self.lines)
        self.token, self.batch, self.per_batch = claim["token"], claim["batch"], per_batch
        self.domains = {domain(i): i for i in range(per_batch)}

    def write(self, folder, batches):
        """Writes the history: for each (first row, batch id) the recorded lines. Returns the last token."""
        os.makedirs(folder + "/.smbatcher/state", exist_ok=True)
        with open(folder + "/.smbatcher/state/history.jsonl", "w") as file:
            for line in self.opening:
                file.write(json.dumps(line, separators=(",", ":")) + "\n")
            turn = -1
            for turn, (first_row, batch) in enumerate(batches):
                for line in self.lines:
                    file.write(json.dumps(self._moved(line, turn, first_row, batch), separators=(",", ":")) + "\n")
        return self.token + turn

    def _moved(self, value, turn, first_row, batch, key=""):
        if isinstance(value, dict):
            moved = {}
            for name, part in value.items():
                moved[self._word(name, first_row, batch)] = self._moved(part, turn, first_row, batch, name)
            return moved
        if isinstance(value, list):
            return [self._moved(v, turn, first_row, batch, key) for v in value]
        if isinstance(value, str):
            return self._word(value, first_row, batch)
        if key in ("event", "closes") and value > 0:
            return value + turn * self.events
        return value + turn if value == self.token else value

    def _word(self, word, first_row, batch):
        if word in self.domains:
            return domain(first_row + self.domains[word])
        return batch if word == self.batch else word


def with_history(past, tools, folder, rows, lines):
    """`rows` ready rows whose batches were claimed and released again and again, in a history of `lines` lines."""
    markdown_queue(folder, ready_rows(rows))
    batches = rows // PER_BATCH
    turns = range(lines // len(past.lines))
    last = past.write(folder, ((turn % batches * PER_BATCH, batch_id(turn % batches + 1)) for turn in turns))
    _claims_after(last, tools, folder)


def leased_rows(rows, leases, status):
    """`rows` ready rows behind `leases` batches of one site each, all at `status`."""
    yield from ready_rows(leases, 1, status=status)
    yield from ready_rows(rows, PER_BATCH, first_row=leases, first_batch=leases + 1)


def with_leases(past, tools, folder, rows, leases):
    """`rows` ready rows behind `leases` batches in progress, each under a lease of days."""
    markdown_queue(folder, leased_rows(rows, leases, "i"))
    last = past.write(folder, ((i, batch_id(i + 1)) for i in range(leases)))
    _claims_after(last, tools, folder)
    for batch in (1, leases // 2, leases):
        ask(tools + "/check-claim", folder, "--batch", batch_id(batch), "--owner", "past")


def _claims_after(last_token, tools, folder):
    """Lets the tools rebuild what they keep beside the history, and sees that they have read it."""
    token = ask(tools + "/find-next", folder, "--claim", "--owner", "first")["token"]
    if token != last_token + 1:
        raise SystemExit(f"ERROR:bench_failed:the history ends with token {last_token}, the next claim got {token}")
