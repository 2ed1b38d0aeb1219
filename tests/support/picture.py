#!/usr/bin/env python3
"""picture.py BIN FILE: draws two agents and one table, from a run of the programs in BIN, as an SVG.

Each agent is a shell that gets its commands typed; what it prints and what the registry says are drawn as they are.
Of a longer answer the beginning is shown, up to an ellipsis; nothing of what is shown differs from run to run, so a
test compares docs/two-agents.svg with another run. `make generate` writes it.
"""
import html
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SITES = ["bakery.example:Bakery:Family bakery:warm", "garage.example:Garage:Car repair:steel"]
CLAIM = "smbatcher find-next --claim --pid $$ --format text"
STATUSES = ["Status of a row:", "O  ready to be implemented", "i  being implemented", "I  implemented"]
SIGNS = ["A bar marks who holds a row.", "--pid $$: the claim ends when", "the agent's process is gone."]


# ---- the run --------------------------------------------------------------------------------------------------------


class Folder:
    """A queue of two batches, one site each, whose designs are there."""

    def __init__(self, bin_folder, path):
        self.path = pathlib.Path(path)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SMBATCHER_")}
        self.environment = {**kept, "PATH": f"{bin_folder}:{os.environ['PATH']}"}
        (self.path / ".git").mkdir()  # the top of a repository: nothing above it is looked at
        self.call("prepare-register", *(word for site in SITES for word in ("--sites", site)))
        self.call("prepare-batch", "--size", "1")
        for site in self.table():
            self.write(site["Domain"], "DESIGN.md", "## Concept\n")
        registry = self.path / ".smbatcher" / "REGISTRY.md"
        registry.write_text(registry.read_text().replace("| B ", "| O "))  # a person decides: these can be built

    def call(self, *arguments):
        """What a tool prints, which must be a success."""
        command = ["smbatcher", *arguments]
        return subprocess.run(
            command, cwd=self.path, env=self.environment, check=True, capture_output=True, text=True
        ).stdout

    def write(self, domain, name, text):
        site = self.path / "sites" / domain
        site.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)

    def build(self, domain):
        self.write(domain, "index.html", "<!doctype html><title>Soon</title>\n")
        self.write(domain, "styles.css", "body { margin: auto }\n")

    def table(self):
        """The rows of the registry, by the names of their columns, and the claim on each."""
        lines = [line for line in (self.path / ".smbatcher" / "REGISTRY.md").read_text().splitlines() if "|" in line]
        cells = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]
        rows = [dict(zip(cells[0], row)) for row in cells[2:]]
        for row in rows:
            row["claim"] = json.loads(self.call("status", row["Batch"], "--format", "json"))["claim"]
        return rows


class Agent:
    """A shell that is one agent: it has an owner's name, and is killed like any process."""

    END = "=== the end of an answer ==="

    def __init__(self, folder, name):
        self.shell = subprocess.Popen(
            ["bash", "--norc"],
            cwd=folder.path,
            env={**folder.environment, "SMBATCHER_OWNER": name},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def type(self, command, expected):
        """The lines to draw: the command and its answer, of which `expected` must be the beginning of the first."""
        self.shell.stdin.write(f"{command}\necho '{self.END}'\n")
        self.shell.stdin.flush()
        answer = []
        for line in iter(self.shell.stdout.readline, ""):
            if line.rstrip("\n") == self.END:
                break
            answer.append(line.rstrip("\n"))
        if not answer or not answer[0].startswith(expected):
            raise SystemExit(f"picture: '{command}' did not answer {expected}: {answer}")
        lines = [("command", line) for line in wrapped("$ " + command)]
        lines.append(("no" if answer[0].startswith("FAIL") else "yes", answer[0]))
        if len(answer) > 1:
            lines += [("more", line) for line in wrapped(beginning(answer[1]))]
        return lines

    def kill(self):
        self.shell.kill()
        self.shell.communicate()


def beginning(sentence):
    """The part before the first comma or parenthesis: it has no time, and says the most."""
    return re.match(r"[^,(]*", sentence).group().strip() + " …"


def notes(lines):
    return [("note", line) for line in lines]


def wrapped(text, width=24):
    """The text in lines of at most `width`, those after the first indented by two."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("  " + word)
        else:
            lines[-1] += (" " if lines[-1] else "") + word
    return lines


def moments(bin_folder):
    """(title, what anna's column says, what ben's column says, the table after it) of each moment."""
    with tempfile.TemporaryDirectory(prefix="smbatcher-picture-") as path:
        folder = Folder(bin_folder, path)
        anna, ben = Agent(folder, "anna"), Agent(folder, "ben")
        yield "Two sites are ready", notes(STATUSES), notes(SIGNS), folder.table()

        left = anna.type(CLAIM, "OK:claimed:001")
        right = ben.type(CLAIM, "OK:claimed:002")
        yield "Both agents claim", left, right, folder.table()

        anna.kill()
        folder.build("garage.example")
        right = ben.type("smbatcher implement-complete --batch 002 --token 2", "OK:marked_complete")
        yield "One dies, one completes", [("no", "killed by SIGKILL")], right, folder.table()

        right = ben.type(CLAIM, "OK:claimed:001")
        yield "Her batch comes back", [], right, folder.table()

        folder.build("bakery.example")
        anna = Agent(folder, "anna")
        left = anna.type("smbatcher implement-complete --batch 001 --token 1", "FAIL:stale_claim:ben")
        right = ben.type("smbatcher implement-complete --batch 001 --token 3", "OK:marked_complete")
        yield "Her late write is refused", notes(["started again, she goes on:"]) + left, right, folder.table()
        anna.kill()
        ben.kill()


# ---- the drawing ----------------------------------------------------------------------------------------------------

CHARACTER, LINE = 9.64, 22  # of the monospaced text: how wide a character may be, how high a line
MARGIN, GAP = 16, 16
COLUMN = round(24 * CHARACTER)
LEFT, MIDDLE, RIGHT = (MARGIN + i * (COLUMN + GAP) for i in range(3))
WIDTH = 2 * MARGIN + 3 * COLUMN + 2 * GAP
HEAD, ABOVE, ROW = 50, 36, 30
STYLE = """
text { font: 16px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace;
  fill: #1f2328; white-space: pre }
.title, .name, .note { font-family: system-ui, -apple-system, "Segoe UI", "Liberation Sans", Arial, sans-serif }
.title, .name { font-weight: 600; text-anchor: middle }
.name { font-size: 18px }
.note, .more { fill: #59636e }
.note { font-size: 15px }
.changed { font-weight: 700 }
.yes { fill: #116329 }
.no { fill: #b3161f }
.paper { fill: #ffffff; stroke: #d1d9e0 }
.sheet { fill: #f6f8fa; stroke: #d1d9e0 }
.rule { stroke: #d1d9e0 }
.anna { fill: #0969da }
.ben { fill: #9a6700 }
.gone { fill: #ffffff; stroke: #b3161f; stroke-width: 2; stroke-dasharray: 4 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .note, .more { fill: #9198a1 }
  .yes { fill: #56d364 }
  .no { fill: #ff7b72 }
  .paper { fill: #0d1117; stroke: #3d444d }
  .sheet { fill: #151b23; stroke: #3d444d }
  .rule { stroke: #3d444d }
  .anna { fill: #58a6ff }
  .ben { fill: #e3b341 }
  .gone { fill: #0d1117; stroke: #ff7b72 }
}
"""


def text(x, y, kind, words):
    return f'<text class="{kind}" x="{x}" y="{y}">{html.escape(words, quote=False)}</text>'


def column(x, y, lines):
    return [text(x, y + LINE * i, kind, words) for i, (kind, words) in enumerate(lines)]


def bar(y, claim):
    """At the side of the agent that holds the row; hollow when its process is gone."""
    x = MIDDLE - 4 if claim["owner"] == "anna" else MIDDLE + COLUMN - 4
    kind = claim["owner"] if claim["live"] else "gone"
    return f'<rect class="{kind}" x="{x}" y="{y}" width="8" height="{ROW - 6}" rx="3"/>'


def sheet(y, rows, before):
    """The table of a moment; a status that is another than before is bold."""
    yield f'<rect class="sheet" x="{MIDDLE}" y="{y}" width="{COLUMN}" height="{ROW * len(rows) + 12}" rx="6"/>'
    for i, row in enumerate(rows):
        top = y + 9 + ROW * i
        if row["claim"]:
            yield bar(top, row["claim"])
        changed = before and row["Status"] != before[i]["Status"]
        yield text(MIDDLE + 14, top + 17, "cell", row["Domain"])
        yield text(MIDDLE + COLUMN - 70, top + 17, "cell", row["Batch"])
        yield text(MIDDLE + COLUMN - 26, top + 17, "changed" if changed else "cell", row["Status"])


def drawing(story):
    heads = [(LEFT, "anna", "agent anna"), (MIDDLE, "cell", "REGISTRY.md"), (RIGHT, "ben", "agent ben")]
    parts = [text(x + COLUMN // 2, 32, f"name {kind}", words) for x, kind, words in heads]
    y, before = HEAD, None
    for title, left, right, rows in story:
        parts.append(f'<line class="rule" x1="{MARGIN}" y1="{y}" x2="{WIDTH - MARGIN}" y2="{y}"/>')
        parts.append(text(MIDDLE + COLUMN // 2, y + 24, "title", title))
        parts += [*column(LEFT, y + 24, left), *column(RIGHT, y + 24, right), *sheet(y + ABOVE, rows, before)]
        y += max(ABOVE + ROW * len(rows) + 12, 8 + LINE * max(len(left), len(right))) + 12
        before = rows
    size = f'width="{WIDTH}" height="{y}" viewBox="0 0 {WIDTH} {y}"'
    told = html.escape("Two agents share one table. " + ". ".join(title for title, *_ in story) + ".")
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" role="img" {size}>',
            "<!-- Written by tests/support/picture.py from a run of the tools: make generate. -->",
            f"<title>{told}</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="paper" x="0.5" y="0.5" width="{WIDTH - 1}" height="{y - 1}" rx="8"/>',
            *parts,
            "</svg>\n",
        ]
    )


def main():
    if len(sys.argv) != 3:
        raise SystemExit("usage: picture.py BIN FILE")
    picture = drawing(list(moments(pathlib.Path(sys.argv[1]).resolve())))
    pathlib.Path(sys.argv[2]).write_text(picture, encoding="utf-8")


main()
