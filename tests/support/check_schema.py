"""check_schema.py SCHEMA: validates each line of standard input, a JSON object, against a JSON schema.

Prints what is wrong with each line that does not fit; exit status 1 when there is one.
"""

import json
import sys

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for


def main() -> int:
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    draft = validator_for(schema, default=Draft202012Validator)
    draft.check_schema(schema)
    validator = draft(schema)
    faults = 0
    for line in sys.stdin:
        error = best_match(validator.iter_errors(json.loads(line)))
        if error is not None:
            faults += 1
            print(f"{error.json_path}: {error.message[:300]}\n  in {line.strip()}")
    return 1 if faults else 0


sys.exit(main())
