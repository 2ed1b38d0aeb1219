#!/usr/bin/env python3
"""check_guarantees.py ROOT: every word of guarantee leads to the test that fails without it.

In README.md and docs/*.md, outside of code, each word that WORDS matches must be the text of a link to a section of
docs/reliability.md, and the section must name a test that is there:

    [durable](reliability.md#durable)                       in a page
    `tests/crash/power_loss_test.cc: PowerLoss.KeepsIt`     in the section

docs/reliability.md says what the words mean and may use them freely. Prints a FAIL line with file and line for each
fault, exit status 1; else OK:guarantees_linked and how many there are.
"""

import re
import sys
from pathlib import Path

WORDS = re.compile(
    r"""\b(?:atomic\w*|durab(?:le|ly|ility)|exclu(?:de[sd]?|ding|sive(?:ly)?|sion)|guarante\w*|promis\w*|surviv\w*
    |never|nobody's\s+(?:edit|work|lease|row)|safe(?:ly|ty)?|fair(?:ly|ness)?|idempotent|lossless|consisten\w*
    |(?:at\s+(?:most|least)|exactly)\s+once|two\s+(?:owners|of\s+them)\s+at\s+once
    |all(?:\s+of\s+(?:them|its\s+\w+))?\s+or\s+none|no\s+other\s+byte|comes?\s+back\s+by\s+itself
    |(?:no|none|nothing)\s+(?:\w+\s+){0,3}(?:is|are)\s+(?:ever\s+)?(?:lost|given))\b""",
    re.IGNORECASE | re.VERBOSE,
)
PAGE = "docs/reliability.md"
LINK = re.compile(r"\[([^\[\]]*)\]\(([^()\s]*)\)")
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
CODE_BLOCK = re.compile(r"^(```+|~~~+)[^\n]*\n.*?^\1 *$|^(?: {4}|\t)[^\n]*$", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`[^`\n]*`")
CITED = re.compile(r"`(tests/[\w./-]+): +(\w+)\.(\w+)`")


def blanked(text: str, pattern: re.Pattern) -> str:
    """The text with blanks in place of what matches: offsets and line numbers stay."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def anchor_of(heading: str) -> str:
    """As readers of a page see a link to one of its headings."""
    kept = [c for c in heading.strip().lower() if c.isascii() and (c.isalnum() or c in "-_ ")]
    return "".join(kept).replace(" ", "-")


class Check:
    def __init__(self, root: Path):
        self.root = root
        self.faults = []
        self.sources = {}
        self.sections = self.read_sections()
        self.linked = 0

    def fault(self, kind: str, page: str, text: str, at: int, message: str) -> None:
        self.faults.append(f"FAIL:{kind}:{page}:{text.count(chr(10), 0, at) + 1}: {message}")

    def has_test(self, path: str, suite: str, name: str) -> bool:
        if path not in self.sources:
            file = self.root / path
            self.sources[path] = file.read_text(encoding="utf-8") if file.is_file() else ""
        return re.search(rf"^TEST(?:_F|_P)?\({suite}, {name}\)", self.sources[path], re.MULTILINE) is not None

    def read_sections(self) -> dict:
        """Anchor -> how many tests its section names; reports those that are not there."""
        text = (self.root / PAGE).read_text(encoding="utf-8")
        for match in CITED.finditer(text):
            if not self.has_test(*match.groups()):
                self.fault("no_such_test", PAGE, text, match.start(), match.group(2) + "." + match.group(3))
        headings = list(HEADING.finditer(blanked(text, CODE_BLOCK)))
        ends = [heading.start() for heading in headings[1:]] + [len(text)]
        return {
            anchor_of(heading.group(1)): len(CITED.findall(text, heading.end(), end))
            for heading, end in zip(headings, ends)
        }

    def check_page(self, page: str) -> None:
        text = (self.root / page).read_text(encoding="utf-8")
        prose = text
        for pattern in (CODE_BLOCK, CODE_SPAN, HEADING):
            prose = blanked(prose, pattern)
        for link in LINK.finditer(prose):
            path, _, section = link.group(2).partition("#")
            if (self.root / page).parent.joinpath(path).resolve() != (self.root / PAGE).resolve() or not section:
                continue
            if not self.sections.get(section):
                self.fault("no_test", page, text, link.start(), f"'{section}' is not a section that names a test")
            self.linked += 1
            prose = prose[: link.start()] + re.sub(r"[^\n]", " ", link.group()) + prose[link.end() :]
        # Of any other link the text counts and the address does not.
        prose = blanked(prose, re.compile(r"(?<=\])\([^()\s]*\)"))
        for word in WORDS.finditer(prose):
            shown = " ".join(word.group().split())
            self.fault("unlinked_guarantee", page, text, word.start(), f"'{shown}' leads to no test")


def main() -> int:
    root = Path(sys.argv[1])
    check = Check(root)
    pages = ["README.md"] + sorted(str(path.relative_to(root)) for path in (root / "docs").glob("*.md"))
    for page in pages:
        if page != PAGE:
            check.check_page(page)
    for fault in check.faults:
        print(fault)
    if not check.faults:
        print(f"OK:guarantees_linked:{check.linked}")
    return 1 if check.faults else 0


sys.exit(main())
