"""Schemathesis over the OpenAPI document: no server error and no answer that the document does not tell.

    python3 ../service.py ../../../target/clients/venv/bin/python run.py [--max-examples N] [--least N]

Prints how many cases there were, and fails when they were fewer than asked for or when one found anything.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--max-examples", type=int, default=5, help="random cases for each operation")
    options.add_argument("--phases", default="examples,fuzzing")
    options.add_argument("--least", type=int, default=2000, help="cases in all, or it does not count")
    options.add_argument("--seed", type=int, default=20261130)
    asked, more = options.parse_known_args()
    command = [
        str(pathlib.Path(sys.executable).with_name("st")),
        "--config-file=schemathesis.toml",
        "run",
        f"{os.environ['TECHMART_API']}/api/v1/openapi.json",
        f"--max-examples={asked.max_examples}",
        f"--phases={asked.phases}",
        f"--seed={asked.seed}",
        *more,
    ]
    said = []
    with subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, text=True) as run:
        for line in run.stdout:
            print(line, end="", flush=True)
            said.append(line.replace(",", ""))
    count = re.search(r"(\d+) generated", "".join(said))
    cases = int(count[1]) if count else 0
    print(f"schemathesis: {cases} cases, seed {asked.seed}")
    if cases < asked.least:
        sys.exit(f"that is fewer than {asked.least}")
    sys.exit(run.returncode)


if __name__ == "__main__":
    main()
