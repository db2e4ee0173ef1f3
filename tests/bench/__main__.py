"""``make bench``: how long the common things take here. Each line is the median of its runs."""

import gc
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import caseflow
from caseflow.kernel.config import Settings
from tests.bench import trail
from tests.harness.databases import SQLite
from tests.harness.migrate import upgrade


def timed(what: str, action: Callable[[], object], runs: int = 5) -> None:
    seconds = []
    for _ in range(runs):
        gc.collect()
        started = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - started)
    print(
        f"{what:42} {statistics.median(seconds) * 1000:9.1f} ms   worst {max(seconds) * 1000:9.1f}"
    )


def python(code: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, "-c", code], check=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        database = SQLite(Path(directory))
        app = caseflow.create_app(
            Settings(
                database_url=database.url,
                data_dir=Path(directory),
                secret_key="a key for measuring only",
                master_key=b"a master key for measuring only.",
                allow_http=True,
            )
        )
        timed("An empty database by every migration", lambda: upgrade(app), runs=1)
        client = app.test_client()
        client.get("/sign-in")
        timed("The sign-in page", lambda: client.get("/sign-in"), runs=50)
        trail.measure(app, database.path)
        timed("Start: import caseflow", python("import caseflow"))
        timed("Start: import WeasyPrint besides", python("import caseflow, weasyprint"))


if __name__ == "__main__":
    main()
