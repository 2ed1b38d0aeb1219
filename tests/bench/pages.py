"""What the checks of built sites cost, whole processes: check-html beside html-validate, and verify-site."""

import os
import shutil
import statistics
import subprocess
import time

import queues

PAGES = 200
SITE_PAGES = 50
ROUNDS = 5
SECTIONS = 12

DESIGN = """---
palette: {background: "#fbfaf8", text: "#1d2430", accent: "#a4502f"}
fonts: [Georgia, serif]
layout: "one column"
---

# Site

## Concept

Pages.
"""
STYLES = "body { color: #1d2430; background: #fbfaf8; font-family: Georgia, serif } a { color: #a4502f }\n"


def page(number, count):
    """A page as agents write them: sections, a list, a table, an image, links to its neighbours, a script."""
    sections = "".join(
        f'<section id="part-{i}"><h2>Part {i}</h2><p>Some <em>words</em> about it, and <strong>more</strong>.</p>'
        f'<ul><li><a href="#part-{(i + 1) % SECTIONS}">on</a></li><li>two</li></ul></section>\n'
        for i in range(SECTIONS)
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>Page {number}</title>\n"
        '<meta name="description" content="One of many pages">\n<link rel="stylesheet" href="styles.css">\n</head>\n'
        f'<body>\n<main>\n<h1>Concept {number}</h1>\n<img src="dot.svg" alt="a dot">\n{sections}'
        f'<p><a href="page-{(number + 1) % count}.html">next</a></p>\n</main>\n'
        "<script>const words = document.querySelectorAll('p'); words.forEach((word) => word.normalize());</script>\n"
        "</body>\n</html>\n"
    )


def site(folder, count):
    os.makedirs(folder)
    for number in range(count):
        with open(f"{folder}/page-{number}.html", "w") as file:
            file.write(page(number, count))
    shutil.copy(f"{folder}/page-0.html", f"{folder}/index.html")
    for name, text in (
        ("styles.css", STYLES),
        ("DESIGN.md", DESIGN),
        ("dot.svg", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><circle r="1"/></svg>\n'),
    ):
        with open(f"{folder}/{name}", "w") as file:
            file.write(text)


def seconds(command, folder, first_line):
    """The median of whole runs, whose answer begins with `first_line`."""
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        ran = subprocess.run(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False
        )
        taken.append(time.perf_counter() - start)
        if not ran.stdout.startswith(first_line):
            raise SystemExit(f"ERROR:bench_failed:{os.path.basename(command[0])} said {ran.stdout[:200]}")
    return statistics.median(taken)


def check_html_s(bench):
    """Seconds of check-html and, where it is installed, of html-validate over the same pages."""
    folder = bench.folder("pages")
    queues.markdown_queue(folder, queues.ready_rows(5))
    site(folder + "/pages", PAGES)
    ours = seconds([bench.tools + "/check-html", "pages"], folder, "OK:html_valid")
    other = os.environ.get("HTML_VALIDATE") or shutil.which("html-validate")
    if not other:
        return ours, None
    with open(folder + "/.htmlvalidate.json", "w") as file:
        file.write('{"root": true, "extends": ["html-validate:standard"]}\n')
    names = [f"pages/page-{number}.html" for number in range(PAGES)]
    return ours, seconds([other, *names], folder, "")


def verify_site_s(bench):
    folder = bench.folder("big site")
    queues.markdown_queue(folder, queues.ready_rows(5))
    site(f"{folder}/sites/{queues.domain(0)}", SITE_PAGES)
    return seconds([bench.tools + "/verify-site", queues.domain(0)], folder, "OK:verification_passed")
