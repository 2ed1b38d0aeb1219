#!/usr/bin/env python3
"""nu_suite.py CHECK-HTML SUITE: how check-html judges the test suite of the Nu HTML checker.

SUITE is the folder `tests` of a checkout of the repository validator/validator: pages whose names end in -isvalid.html
and -novalid.html. The rule html-lang is left out, since these pages mostly have no lang, and pages about RDFa are
counted apart. Without the suite the answer is a line that says so, and nothing is judged.

Exit status 0: at most 10 false alarms, at least 900 invalid pages caught, or no suite; 1: worse than that.
"""
import json
import pathlib
import subprocess
import sys

MOST_FALSE_ALARMS = 10
FEWEST_CAUGHT = 900
AT_ONCE = 200


def errors_of(check_html, pages):
    """The rules that each page breaks, by path."""
    run = subprocess.run([check_html, *pages, "--format", "json"], capture_output=True, text=True, errors="replace")
    answer = json.loads(run.stdout)
    if "findings" not in answer:
        raise SystemExit(f"ERROR:suite_not_judged:{run.stdout[:300]}")
    broken = {page: [] for page in pages}
    for finding in answer["findings"]:
        if finding["severity"] == "error" and finding["rule"] != "html-lang":
            broken[finding["file"]].append(f"{finding['rule']} {finding['message']}")
    return broken


def main():
    if len(sys.argv) != 3:
        print("ERROR:invalid_argument:nu_suite.py CHECK-HTML SUITE")
        return 2
    check_html, suite = sys.argv[1], pathlib.Path(sys.argv[2])
    pages = sorted(str(path) for path in suite.rglob("*.html") if path.stem.endswith(("-isvalid", "-novalid")))
    if not pages:
        print(f"OK:no_suite:nothing is judged, since '{suite}' has no page of the suite")
        return 0
    alarms, rdfa, valid, caught, invalid = [], 0, 0, 0, 0
    for begin in range(0, len(pages), AT_ONCE):
        for page, errors in errors_of(check_html, pages[begin : begin + AT_ONCE]).items():
            if page.endswith("-novalid.html"):
                invalid += 1
                caught += bool(errors)
            elif "rdfa" in page:
                rdfa += bool(errors)
            else:
                valid += 1
                if errors:
                    alarms.append(f"{page}: {errors[0]}")
    good = len(alarms) <= MOST_FALSE_ALARMS and caught >= FEWEST_CAUGHT
    print(f"{'OK' if good else 'FAIL'}:suite_judged")
    print(f"valid: {len(alarms)} false alarms on {valid} pages (at most {MOST_FALSE_ALARMS}), {rdfa} more about RDFa")
    print(f"invalid: {caught} of {invalid} caught (at least {FEWEST_CAUGHT})")
    for alarm in alarms:
        print(f"  {alarm}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
