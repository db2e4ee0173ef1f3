"""The fixtures every test may ask for. ``--database=postgresql`` runs the same tests there."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy.orm import Session, scoped_session

import caseflow
from caseflow.kernel.config import Settings
from caseflow.kernel.database import db
from tests.harness import guards, looks, signed_in, tally
from tests.harness.client import Client, settle
from tests.harness.clock import StoppedClock
from tests.harness.command import Ran
from tests.harness.databases import Database, PostgreSQL, SQLite
from tests.harness.mail import Mailbox
from tests.harness.migrate import upgrade
from tests.harness.postgres import Cluster
from tests.harness.verification import Verification

pytest_plugins = ["tests.harness.browser"]

# The same examples each time, and no time limit: a busy machine is not a fault in the code.
hypothesis.settings.register_profile(
    "caseflow",
    deadline=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("caseflow")

CLUSTER = pytest.StashKey[Cluster]()
STARTED = pytest.StashKey[float]()
SOCKET = "CASEFLOW_TEST_POSTGRES"
SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("CaseFlow")
    group.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")
    group.addoption("--verify", metavar="NAME", help="run the long checks: one, or 'all'")
    group.addoption("--tally", metavar="FILE", type=Path, help="add this run's counts to FILE")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[STARTED] = time.monotonic()
    is_worker = hasattr(config, "workerinput")
    os.environ.setdefault("PYTHONHASHSEED", "0")  # workers must list a set's cases in one order
    if config.getoption("--database") == "postgresql" and not is_worker:
        cluster = config.stash[CLUSTER] = Cluster()
        cluster.start()
        os.environ[SOCKET] = str(cluster.directory)
    if config.getoption("--verify") and not is_worker:
        config.pluginmanager.register(Verification())


def pytest_unconfigure(config: pytest.Config) -> None:
    if CLUSTER in config.stash:
        config.stash[CLUSTER].stop()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = config.getoption("--verify")
    out = []
    for item in items:
        guards.mark(item)
        long = item.get_closest_marker("verify")
        if bool(long) != bool(wanted) or (long and wanted not in ("all", *long.args)):
            out.append(item)
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in set(out)]


def pytest_runtest_setup(item: pytest.Item) -> None:
    guards.refuse_database(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call" and report.failed:
        for name, value in getattr(item, "funcargs", {}).items():
            if isinstance(value, Page) and not value.is_closed():
                report.sections.append((f"Screenshot of {name}", _screenshot(value, item, name)))
    return report


def _screenshot(page: Page, item: pytest.Item, name: str) -> str:
    place = Path(tempfile.gettempdir()) / "caseflow-screenshots"
    place.mkdir(exist_ok=True)
    path = place / f"{item.path.stem}-{item.name.replace('/', '_')}-{name}.png"
    try:
        page.screenshot(path=path, full_page=True)
    except Exception as error:  # the failure itself matters more
        return f"none: {error}"
    return str(path)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    counts = {
        kind: len(terminalreporter.stats.get(kind, ())) for kind in ("passed", "failed", "skipped")
    }
    counts["failed"] += len(terminalreporter.stats.get("error", ()))
    reasons = {
        str(report.longrepr[2]).removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", ())
        if isinstance(report.longrepr, tuple)
    }
    terminalreporter.write_line(f"Skipped: {counts['skipped']}")
    if path := config.getoption("--tally"):
        seconds = round(time.monotonic() - config.stash[STARTED])
        run = {"database": config.getoption("--database"), "seconds": seconds, **counts}
        tally.note(path, run | {"reasons": sorted(reasons)})


@pytest.fixture(scope="session")
def _directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """In memory where Linux offers that: each commit would otherwise wait for the disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path_factory.mktemp("caseflow")
        return
    with tempfile.TemporaryDirectory(prefix="caseflow-", dir=memory) as directory:
        yield Path(directory)


@pytest.fixture(scope="session")
def _databases(request: pytest.FixtureRequest, _directory: Path) -> Iterator[Database]:
    made: Database
    if request.config.getoption("--database") == "postgresql":
        worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        made = PostgreSQL(Path(os.environ[SOCKET]), f"caseflow_{worker}")
    else:
        made = SQLite(_directory)
    yield made
    made.remove()


@pytest.fixture(scope="session")
def _listener() -> Iterator[socket.socket]:
    with socket.create_server(("localhost", 0)) as listener:
        yield listener


@pytest.fixture(scope="session")
def _post_office() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    yield mailbox
    mailbox.stop()


@pytest.fixture(scope="session")
def settings(
    _databases: Database, _directory: Path, _listener: socket.socket, _post_office: Mailbox
) -> Settings:
    return Settings(
        database_url=_databases.url,
        data_dir=_directory,
        secret_key="a key for tests only",
        master_key=b"a master key of 32 bytes for us.",
        base_url=f"http://localhost:{_listener.getsockname()[1]}",
        smtp_url=_post_office.url,
        password_memory=8,
        password_passes=1,
        allow_http=True,
        extra={"TESTING": True},
    )


@pytest.fixture(scope="session")
def app(settings: Settings, _databases: Database) -> Iterator[Flask]:
    app = caseflow.create_app(settings)
    app.test_client_class = Client
    guards.watch_unsaved_work(app)
    looks.watch(app)
    upgrade(app)
    _dispose(app)
    _databases.remember()
    yield app
    _dispose(app)


def _dispose(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def database(app: Flask, _databases: Database) -> Iterator[Database]:
    """Migrated, and otherwise empty."""
    _databases.reset()
    signed_in.forget()
    yield _databases
    _dispose(app)


@pytest.fixture
def empty_database(_databases: Database) -> Iterator[Database]:
    """Another one, without a single table: for the migrations' own tests."""
    other = _databases.empty()
    yield other
    other.remove()


@pytest.fixture
def session(app: Flask, database: Database) -> Iterator[scoped_session[Session]]:
    with app.app_context():
        yield db.session
        db.session.rollback()


@pytest.fixture
def client(app: Flask, database: Database) -> Client:
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, database: Database) -> Callable[..., Client]:
    """``sign_in(user)`` or ``sign_in("ana@example.org")``: a client of their own each."""

    def sign_in(user: Any) -> Client:
        return app.test_client().sign_in(getattr(user, "email", user))

    return sign_in


@pytest.fixture
def clock() -> Iterator[StoppedClock]:
    stopped = StoppedClock()
    yield stopped
    stopped.start()


@pytest.fixture
def mailbox(_post_office: Mailbox) -> Iterator[Mailbox]:
    _post_office.empty()
    yield _post_office
    _post_office.empty()


@pytest.fixture
def cli(
    app: Flask,
    database: Database,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Ran]:
    """``cli("intake", path, "--json")`` in this process, on this test's database."""
    from caseflow import cli as command_line

    def run(*words: object) -> Ran:
        settle()
        capsys.readouterr()
        monkeypatch.setattr(command_line, "create_app", lambda: app)
        monkeypatch.setattr(sys, "argv", ["caseflow", *map(str, words)])
        try:
            command_line.program()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        else:
            code = 0
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., Ran]:
    """``command("init", "--demo")`` as a process of its own, with a data directory of its own."""

    def run(*words: object, **environment: str) -> Ran:
        ran = subprocess.run(
            [Path(sys.executable).with_name("caseflow"), *map(str, words)],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "LC_ALL": "C.UTF-8",
                "CASEFLOW_DATA_DIR": str(tmp_path),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    return run


@pytest.fixture
def shared_data() -> Path:
    if not SHARED_DATA.is_dir():
        pytest.skip("../shared/data is not on this machine")
    return SHARED_DATA
