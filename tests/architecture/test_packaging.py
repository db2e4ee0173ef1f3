"""What is installed is what is here."""

import configparser
import hashlib
import re
from pathlib import Path

HOME = Path(__file__).parents[2]


def config() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(HOME / "setup.cfg")
    return parser


def test_every_room_is_installed() -> None:
    listed = set(config()["options"]["packages"].split())
    rooms = {
        ".".join(path.parent.relative_to(HOME).parts)
        for path in (HOME / "caseflow").rglob("__init__.py")
    }
    assert rooms <= listed, f"add to packages in setup.cfg: {sorted(rooms - listed)}"


def test_every_template_is_installed() -> None:
    globs = config()["options.package_data"]["caseflow.templates"]
    suffixes = set(re.findall(r"\*(\.\w+)", globs))
    missed = [
        str(path.relative_to(HOME))
        for path in (HOME / "templates").rglob("*")
        if path.is_file() and path.suffix not in suffixes
    ]
    assert not missed, f"add the suffix to caseflow.templates in setup.cfg: {missed}"


def test_pyproject_holds_the_build_system_only() -> None:
    sections = re.findall(r"^\[(.+)\]$", (HOME / "pyproject.toml").read_text(), re.MULTILINE)
    assert sections == ["build-system"]


def test_every_locked_requirement_has_its_hashes() -> None:
    for path in (HOME / "requirements").glob("*.txt"):
        entries = re.split(r"\n(?=[a-z])", path.read_text().strip())
        loose = [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]
        assert not loose, f"run `make lock`; {path.name} does not pin {loose}"


def test_the_lock_holds_what_was_asked_for() -> None:
    for part in ("build", "run", "test"):
        asked = (HOME / "requirements" / f"{part}.in").read_text()
        pins = re.findall(r"^([\w.-]+)(?:\[\w+\])?(==\S+)", asked, re.MULTILINE)
        locked = (HOME / "requirements" / f"{part}.txt").read_text()
        missing = [
            f"{name}{version}"
            for name, version in pins
            if not re.search(rf"^{re.escape(name)}(\[\w+\])?{version} ", locked, re.MULTILINE)
        ]
        assert not missing, f"run `make lock`; {part}.txt lacks {missing}"


def test_axe_is_the_file_its_publisher_made() -> None:
    folder = HOME / "tests" / "vendor" / "axe-core"
    for line in (folder / "SHA512SUMS").read_text().splitlines():
        expected, name = line.split()
        assert hashlib.sha512((folder / name).read_bytes()).hexdigest() == expected, name
