"""Whatever is typed is shown as it was typed: on a page, on paper, in a letter it is words.

The records are filled with harmless words, every page is looked at; then with what has made other
systems run somebody's script, and the pages must be built of the very same parts.
"""

import ast
import html as escapes
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import Enum, String, UniqueConstraint
from sqlalchemy.orm import Mapper

from caseflow.access.permissions import Role
from caseflow.cases.models import Case
from caseflow.closing import actions as closing
from caseflow.closing.models import Summary
from caseflow.kernel.database import Base
from caseflow.kernel.sealed_fields import SealedText
from caseflow.staff.models import User
from tests.gate.payloads import CLASSES, PAYLOADS, harmless
from tests.gate.rows import ids_in
from tests.gate.test_garbage import Met, discover, filled, send, shown, turn, world
from tests.harness.client import Client

pytestmark = pytest.mark.one_database

HOME = Path(__file__).parents[2]
# Not words of people: marks made by us, codes with their own rules, and what is never shown.
NOT_WORDS = {
    "AuditRow.*", "Link.*", "GuessBucket.*", "SpentChallenge.*", "Setting.*", "Heartbeat.*",
    "RecoveryCode.*", "DataKey.*", "SentForm.*", "KeptForm.*", "SignIn.token_hash",
    "KnownDevice.token_hash", "User.password_hash", "User.email", "Message.sha256",
    "Message.outcome", "Summary.sha256", "Told.channel", "InboxItem.cause", "Outgoing.message_id",
    "Case.reference", "BreakGlass.reference", "Triage.code", "Consent.notice_version",
    "Person.nhs_number", "Person.district", "Incident.district", "Review.decision",
    "Person.folded_name", "Alias.folded", "PersonKey.*",
}  # fmt: skip
# Tokens and keys are random; no digit or letter in them is anybody's.
NUMBERS = re.compile(r'nonce="[^"]*"')
SAFE_ADDRESS = re.compile(r"(/(?!/)|#|\?|tel:\+?[0-9]|sms:\+?[0-9]|mailto:)|^$")
# These list every look, ours among them, so they grow from one look to the next; they show names.
LISTS_LOOKS = re.compile(r"/looks|/audit")
BANNED = {
    r"\|\s*safe\b": "text is made markup",
    r"autoescape\s+false": "nothing below it is escaped",
    r"<[a-z][^>{]*\son[a-z]+=": "a handler no policy lets run",
    r"<style|<[a-z][^>{]*\sstyle=": "the policy refuses it",
    r"<script(?![^>]*nonce=)": "no nonce",
    r"javascript:": "an address that is a script",
}
# file → what it may do, and why.
ALLOWED = {
    "caseflow/kernel/fields.py": {"Markup"},  # what a template macro made, escaped already
}
MAKES_MARKUP = {"Markup", "render_template_string", "from_string"}


# --- the code ---


@pytest.mark.parametrize("path", sorted((HOME / "templates").rglob("*.html")), ids=lambda p: p.name)
def test_no_template_switches_escaping_off(path: Path) -> None:
    words = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.DOTALL)
    found = {why for pattern, why in BANNED.items() if re.search(pattern, words)}
    assert not found, f"{path.relative_to(HOME)}: {found}"


def test_no_code_makes_markup_of_words() -> None:
    found = [
        f"{path.relative_to(HOME)}:{node.lineno} {made}"
        for path in sorted((HOME / "caseflow").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if (made := _makes_markup(node))
        and made not in ALLOWED.get(str(path.relative_to(HOME)), set())
    ]
    assert not found, f"escape it in a template, or name the file and the reason here: {found}"


def _makes_markup(node: ast.AST) -> str:
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else None
        called = node.func.id if isinstance(node.func, ast.Name) else called
        return called if called in MAKES_MARKUP else ""
    if isinstance(node, ast.JoinedStr):
        words = "".join(part.value for part in node.values if isinstance(part, ast.Constant))
        return "an f-string with markup" if re.search(r"</?[a-zA-Z][^>]*>", words) else ""
    return ""


# --- the records ---


def text_fields() -> Iterator[tuple[type[Any], str, int]]:
    """(model, attribute, most characters) of every column that holds words, sealed or open."""
    mappers: list[Mapper[Any]] = sorted(Base.registry.mappers, key=lambda m: m.class_.__name__)
    for mapper in mappers:
        model = mapper.class_
        names = {
            column.key: column.columns[0].type.length or 5_000
            for column in mapper.column_attrs
            if isinstance(column.columns[0].type, String)
            and not isinstance(column.columns[0].type, Enum)
        } | {name: 5_000 for name, value in vars(model).items() if isinstance(value, SealedText)}
        for name, length in names.items():
            if not {f"{model.__name__}.*", f"{model.__name__}.{name}"} & NOT_WORDS and length > 20:
                yield model, name, length


def fill_records(session, payload_of: Callable[[int], str]) -> int:
    """Into every field of every row that holds something; how many fields there were."""
    touched = 0
    for number, (model, name, length) in enumerate(text_fields()):
        words = payload_of(number)[:length]
        rows = [row for row in session.query(model) if getattr(row, name)]
        for count, row in enumerate(rows):
            setattr(row, name, f"{count}{words}"[:length] if is_unique(model, name) else words)
        touched += bool(rows)
    session.commit()
    return touched


def is_unique(model: type[Any], name: str) -> bool:
    return any(
        name in index.columns
        for index in (*model.__table__.constraints, *model.__table__.indexes)
        if isinstance(index, UniqueConstraint) or getattr(index, "unique", False)
    )


# --- the pages ---


class Parts:
    """What a page is built of: elements with their attributes, and the scripts' own words."""

    def __init__(self, page: str) -> None:
        tree = html.fromstring(page)
        nodes = [node for node in tree.iter() if isinstance(node.tag, str)]
        self.elements = Counter(f"{node.tag} {sorted(node.keys())}" for node in nodes)
        self.scripts = [node.text or "" for node in tree.iter("script")]
        self.ran = str(7 * 19139) in tree.text_content()
        # Escaped, a payload adds none of these to the page's own.
        self.marks = Counter(re.findall(r"<[a-zA-Z/!?%]|[\"']", NUMBERS.sub("", page)))
        self.comments = sum(1 for node in tree.iter() if not isinstance(node.tag, str))
        self.addresses = {
            value
            for node in nodes
            for name, value in node.items()
            if name in ("href", "src", "action", "formaction", "data", "poster", "srcdoc")
        }


def unlike(plain: str, loaded: str) -> list[str]:
    """What the second page has that the first has not."""
    one, two = Parts(plain), Parts(loaded)
    found = [f"{part} ×{n}" for part, n in (two.elements - one.elements).items()]
    found += [f"lost {part} ×{n}" for part, n in (one.elements - two.elements).items()]
    found += [f"marks {two.marks} for {one.marks}"] if one.marks != two.marks else []
    found += [] if one.scripts == two.scripts and one.comments == two.comments else ["a script"]
    found += [f"leads to {a}" for a in two.addresses if not SAFE_ADDRESS.match(a)]
    return found + (["a template ran"] if two.ran else [])


def strange(plain: str, loaded: str) -> list[str]:
    """For a page that grows by itself: parts of a kind that it did not have."""
    one, two = Parts(plain), Parts(loaded)
    found = sorted(set(two.elements) - set(one.elements))
    found += [f"leads to {a}" for a in two.addresses if not SAFE_ADDRESS.match(a)]
    return found + (["a script"] if one.scripts != two.scripts else [])


def pages_of(app: Flask, client: Client) -> list[str]:
    """Every page that this person's links lead to."""
    been: set[str] = set()
    discover(app, client, been)
    return sorted(been)


def look(client: Client, addresses: list[str]) -> dict[str, str]:
    found = {}
    for address in addresses:
        answer = client.get(address)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            found[address] = answer.text
    return found


def run(session, clients: dict[Client, list[str]], payload_of: Callable[[int], str]) -> int:
    """Two looks at everything; how often a payload was met on a page."""
    fill_records(session, lambda number: harmless(payload_of(number)))
    before = {client: look(client, pages) for client, pages in clients.items()}
    fill_records(session, payload_of)
    met = 0
    for client, pages in before.items():
        for address, loaded in look(client, list(pages)).items():
            found = unlike(pages[address], loaded)
            if LISTS_LOOKS.search(address):
                found = strange(pages[address], loaded)
            assert found == [], address
            met += sum(escapes.escape(p, quote=False)[:12] in loaded for p in PAYLOADS)
    return met


@pytest.fixture
def readers(session, app: Flask, sign_in, clock) -> dict[Client, list[str]]:
    clock("2026-11-23 10:00")
    staff = world()
    clients = {role: sign_in(user) for role, user in staff.items()}
    return {client: pages_of(app, client) for client in clients.values()}


def test_the_corpus_is_wide() -> None:
    assert len(set(PAYLOADS)) >= 150
    assert set(CLASSES) == {"tags", "attributes", "addresses", "strings", "drawings", "templates",
                            "styles", "mutations"}  # fmt: skip


def test_the_comparison_sees_each_kind_of_hole() -> None:
    page = "<html><body><p title='{}'>{}</p></body></html>"
    holes = [page.format("", p) for p in CLASSES["tags"][:20]] + [page.format("' onclick='x", "")]
    assert all(unlike(page.format("", "x"), hole) for hole in holes)


def test_every_page_is_built_of_the_same_parts(session, readers) -> None:
    """Each payload once, in a field that goes with it by chance; the long arm does all."""
    fields = len(list(text_fields()))
    assert fields > 60 and sum(map(len, readers.values())) > 150
    met = 0
    for start in range(0, len(PAYLOADS), fields):
        met += run(session, readers, lambda n, s=start: PAYLOADS[(n + s) % len(PAYLOADS)])
    assert met > 500


@pytest.mark.verify("T06")
@pytest.mark.parametrize("part", range(9))
def test_every_payload_in_every_field(session, readers, part: int, record_property) -> None:
    met = 0
    starts = [n for n in range(len(PAYLOADS)) if n % 9 == part]
    for start in starts:
        met += run(session, readers, lambda n, s=start: PAYLOADS[(n + s) % len(PAYLOADS)])
    record_property("payloads", len(starts))
    record_property("fields", len(list(text_fields())))
    record_property("pages", sum(map(len, readers.values())))
    record_property("met on a page", met)


# --- what was typed and comes back ---


def test_a_form_that_comes_back_is_built_of_the_same_parts(session, app, sign_in) -> None:
    walked: set[str] = set()
    for user in world().values():
        client = sign_in(user)
        for met in sorted(discover(app, client).values(), key=lambda m: turn((("", ""), m))):
            if met.endpoint not in walked:
                walked.add(met.endpoint)
                come_back(client, met, len(walked))
    assert len(walked) > 40


def come_back(client: Client, met: Met, number: int) -> None:
    for kind in CLASSES.values():
        if (form := shown(client, met)) is None:
            return
        payload = kind[number % len(kind)]
        # A password is judged by its words, and never comes back; "@" makes an e-mail address.
        secret = dict.fromkeys(form.xpath(".//input[@type='password']/@name"), "a secret")
        if "@" in payload:
            secret |= dict.fromkeys(form.xpath(".//input[@type='email']/@name"), "no address")
        plain, loaded = (
            send(client, met, list((dict(filled(form, w, fair=False)) | secret).items()), w)
            for w in (harmless(payload), payload)
        )
        if plain.status_code == loaded.status_code == 422:
            assert unlike(plain.text, loaded.text) == [], f"{met.endpoint}: {payload}"


@pytest.mark.parametrize("address", ["/{}", "/sign-in?next={}", "/services?area={}", "/users?{}"])
def test_an_address_puts_nothing_on_the_page(session, client, sign_in, address) -> None:
    for payload in PAYLOADS[::3]:
        plain, loaded = (
            client.get(address.format("").split("?")[0], query_string={"x": words, "next": words})
            for words in (harmless(payload), payload)
        )
        if loaded.mimetype == "text/html" and loaded.status_code != 302:
            assert unlike(plain.text, loaded.text) == []


# --- paper ---


@pytest.mark.parametrize("start", range(0, 162, 27))
def test_paper_says_it_in_words(session, start: int, tmp_path: Path) -> None:
    holder = world()[Role.YOUTH_WORKER]
    session.commit()
    case = session.query(Case).join(Summary, Summary.case_id == Case.id).first()
    fill_records(session, lambda n: "Za " + PAYLOADS[(n + start) % len(PAYLOADS)])
    made = closing.make_summary(case, by=session.get(User, holder.id))
    session.commit()
    file = tmp_path / "summary.pdf"
    file.write_bytes(made.pdf)
    words = subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True)
    assert "Za " in words.stdout
    assert str(7 * 19139) not in words.stdout
    raw = made.pdf
    assert b"evil.example" not in raw and b"/JavaScript" not in raw and b"/Launch" not in raw
    assert b"/EmbeddedFile" not in raw


# --- a real browser ---


def in_the_browser(session, desktop, browser_sign_in, user: User, pages: list[str]) -> list[str]:
    dialogs: list[str] = []
    desktop.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    browser_sign_in(desktop, user)
    for address in pages:
        desktop.goto(address)
        for summary in desktop.locator("details:not([open]) > summary").all():
            summary.click()
    return dialogs


@pytest.mark.parametrize("start", [0, 90])
def test_a_browser_runs_none_of_it(session, desktop, browser_sign_in, start: int) -> None:
    """The fixture fails on a script error and on anything the policy had to refuse."""
    user = world()[Role.YOUTH_WORKER]
    case = session.query(Case).join(Summary, Summary.case_id == Case.id).first()
    fill_records(session, lambda n: PAYLOADS[(n * 7 + start) % len(PAYLOADS)])
    base = f"/cases/{ids_in(session, case, set())['case']}"
    session.commit()
    pages = [base, f"{base}/person", f"{base}/plan", f"{base}/reviews", f"{base}/safety",
             f"{base}/needs", f"{base}/referral", "/my-day"]  # fmt: skip
    assert in_the_browser(session, desktop, browser_sign_in, user, pages) == []
