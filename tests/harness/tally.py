"""How many tests ran, and how many were skipped: the last lines of ``make test``."""

import json
import sys
from pathlib import Path

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def note(path: Path, run: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(json.dumps(run) + "\n")


def main(path: Path) -> None:
    runs = [json.loads(line) for line in path.read_text().splitlines()]
    for run in runs:
        counts = ", ".join(f"{run[kind]} {kind}" for kind in ("passed", "failed", "skipped"))
        print(f"{NAMES[run['database']]}: {counts} in {run['seconds']} s")
    for reason in sorted({reason for run in runs for reason in run["reasons"]}):
        print(f"  skipped: {reason}")
    print(f"Skipped in all: {sum(run['skipped'] for run in runs)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
