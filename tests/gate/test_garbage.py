"""Whatever is sent to whatever form: a clear answer, never a fault, and no words lost."""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from flask import Flask
from lxml import html
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from caseflow.access.permissions import Role
from caseflow.assessments import actions as assessments
from caseflow.assessments.rules import Point
from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.closing.models import Closure
from caseflow.closing.rules import ClosureState
from caseflow.demo.messages import bars_referral
from caseflow.intake import public, systems
from caseflow.intake.actions import receive_message
from caseflow.kernel import clock
from caseflow.kernel.cleaning import clean, showable
from caseflow.kernel.database import db
from caseflow.notices import actions as notices
from caseflow.operations import actions as operations
from caseflow.operations.rules import OperationKind
from caseflow.people import actions as people
from caseflow.people import merges
from caseflow.people.rules import Relation
from caseflow.staff import actions as directory
from caseflow.staff.models import User
from tests import builders
from tests.casefile.rich import rich_case
from tests.harness.client import Client

URDU = "یہ ایک ٹیسٹ ہے"
GARBAGE: dict[str, str | bytes] = {
    "nothing": "",
    "far too much": "x" * 10_000,
    "letters that grow": "ﬃΐ" * 5_000,
    "letters that grow, fitting": "ΐ" * 110,
    "emoji": "👩🏽‍🚀🔥" * 20,
    "Urdu": URDU,
    "NUL": "a\x00b",
    "half a surrogate": b"a\xed\xa0\x80b",
    "not UTF-8": b"\xff\xfe\xfa",
    "no day at all": "9999-99-99",
    "before all time": "0001-01-01T00:00:00+14:00",
    "after all time": "9999-12-31T23:59:59-14:00",
    "the year one": "0001",
    "the last year": "9999",
    "a high number": "99999999999999999999",
    "a number too high": "999,999",
    "below nothing": "-1",
    "infinity": "1e999",
    "foreign digits": "٣",
    "SQL and templates": "{{ 7*7 }} %s %(a)s ' OR 1=1 --\\",
    "no such record": "00000000-0000-4000-8000-000000000000",
}
# What the forms let through: the database and the next page have to bear it.
FITTING = ["letters that grow, fitting", "emoji", "SQL and templates", "a number too high", "Urdu"]
STAGES = [Stage.RECEIVED, Stage.ELIGIBLE, Stage.APPROACHED, Stage.AGREED, Stage.DECLINED]
# These end or turn what others need, so they come last.
LAST = (
    "merge",
    "plans.end",
    "closing.decide",
    "move",
    "answer",
    "reopen",
    "take",
    "hand_over",
    "they_left",
    "see_now",
    "triage",
    "disable",
    "revoke",
)
# Not a form of words: leaving, what browsers report, and two that render a PDF at each turn.
LEFT_OUT = {
    "staff.sign_out", "staff.lock", "staff.stay", "staff.keep", "staff.end_session",
    "staff.end_other_sessions", "csp_report", "closing.make", "assessments.print_plan",
    "intake.process_message", "intake.refer",  # tests/intake/test_public.py
}  # fmt: skip
# Buttons that only some records have; their rooms test them.
SELDOM = {
    "staff.sign_in", "staff.kept_form", "staff.link", "staff.confirm", "staff.approve",
    "staff.forget_device", "staff.invite_user", "staff.remove_app", "staff.remove_passkey",
    "casefile.lift", "casefile.merge", "casefile.name", "casefile.unname", "casefile.opening",
    "misfiled.move", "misfiled.undo", "casefile.end_keep_apart",
    "casefile.stop_reading", "caseload.end_cover", "caseload.remove_shift", "rights.remove_day",
    "plans.resume_goal",
}  # fmt: skip
OTHER_ACTIONS = ".//@formaction | .//@data-known-url"  # where else what is typed may be sent
Pairs = list[tuple[str, str | bytes]]


def full_case(held_by: User) -> Case:
    """One of everything that an address can name."""
    case = rich_case(held_by)
    people.save_related_person(case.person, name="Aunt Testcase", relation=next(iter(Relation)))
    assessments.start_assessment(case, by=held_by, point=Point.REVIEW)
    closure = db.session.query(Closure).filter_by(case_id=case.id).one()
    closure.state, closure.decided_at, closure.decided_by_id = ClosureState.ASKED, None, None
    merges.merge(case.person, builders.person(), by=held_by.id, why="One", take=[])
    db.session.flush()
    return case


@dataclass(frozen=True)
class Met:
    """A form where it was met."""

    endpoint: str
    page: str
    action: str


def world() -> dict[Role, User]:
    """Staff of one team, cases in many states, and what else an address may name."""
    team = builders.team()
    staff = {role: builders.user(role, in_team=team) for role in Role}
    holder = staff[Role.YOUTH_WORKER]
    full_case(holder)
    cases.pause(builders.case_at(Stage.BRIEF, held_by=holder), reason="Away")
    for stage in STAGES:
        builders.case_at(stage, held_by=holder)
    _two_messages()
    public.send({"source": "self", "name": "Jay", "age": "16", "words": "Help"})
    systems.add_system(name="Trust PAS", ods_codes="RWE", by=None)
    directory.disable_user(builders.worker(team), by=staff[Role.ADMINISTRATOR])
    operations.save_operation(
        by=staff[Role.POLICE_LIAISON], code="OP-OWN", name="Own", kind=OperationKind.SCEPTRE,
        area="", starts_on=clock.today(), ends_on=None, lead_agency="", about="",
    )  # fmt: skip
    notices.put_in_inbox(holder, cause="garbage", text="A review is due")
    return staff


def _two_messages() -> None:
    """The second says that they are somebody else; the place has its numbers swapped."""
    swapped = {"position": ("-1.13320", "52.63686"), "reason_code": None}
    receive_message(bars_referral(**swapped), name="first.xml")
    later = {"last_updated": "2026-11-20T22:40:00+00:00", "nhs_number": "9990000026"}
    receive_message(bars_referral(**swapped, **later), name="second.xml")


def discover(
    app: Flask, client: Client, been: set[str] | None = None
) -> dict[tuple[str, str], Met]:
    """Follow every link, to each view at most three times for each stage of a case, and note
    the forms: a contact that is withdrawn already has none. ``been`` gathers the addresses."""
    adapter = app.url_map.bind("localhost")
    waiting, forms = ["/", "/account", "/inbox", "/search"], {}
    been = set() if been is None else been
    times: Counter[tuple[str, str]] = Counter()
    while waiting:
        address = waiting.pop(0).split("#")[0]
        try:
            endpoint, ids = adapter.match(address.split("?")[0], "GET")
        except HTTPException:
            continue
        stage = str(db.session.get(Case, ids["case"]).stage) if "case" in ids else ""
        if endpoint == "asset" or address in been or times[endpoint, stage] == 3:
            continue
        been.add(address)
        times[endpoint, stage] += 1
        page = client.get(address, follow_redirects=True)
        assert page.status_code < 500, address
        if page.mimetype != "text/html":
            continue
        links = [link for link in page.html.xpath("//a/@href") if link.startswith("/")]
        waiting += links + [f"{link}?need=education" for link in links if "onward/new" in link]
        for form in page.html.xpath("//form[translate(@method, 'POST', 'post')='post']"):
            for action in [form.get("action") or page.request.path, *form.xpath(OTHER_ACTIONS)]:
                target = adapter.match(action.split("?")[0], "POST")[0]
                if target not in LEFT_OUT:
                    names = " ".join(sorted(set(form.xpath(".//@name"))))
                    forms.setdefault((target, names), Met(target, page.request.path, action))
    return forms


def shown(client: Client, met: Met) -> html.HtmlElement | None:
    page = client.get(met.page)
    if page.status_code != 200:
        return None
    actions = {met.action, ""} if met.action == met.page else {met.action}
    forms = [
        form
        for form in page.html.xpath("//form")
        if actions & {form.get("action") or "", *form.xpath(OTHER_ACTIONS)}
    ]
    return next((f for f in forms if f.get("method", "").lower() == "post"), None)


def filled(form: html.HtmlElement, text: str | bytes, *, fair: bool) -> Pairs:
    """Words everywhere; choices and dates too, unless ``fair``: then they are answered well."""
    pairs: dict[str, str | bytes] = {}
    for element in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
        name, kind = element.get("name"), element.get("type", "")
        if name == "csrf_token":
            pairs[name] = element.get("value")
        elif name == "form_key" or kind in ("submit", "file"):
            continue
        elif element.tag == "select" or kind in ("radio", "checkbox"):
            offered = element.xpath(".//option/@value") or [element.get("value", "")]
            pairs[name] = offered[-1] if fair else text
        elif kind == "hidden":
            pairs[name] = element.get("value", "") if fair else text
        else:
            pairs[name] = _in_box(name, text) if fair else text
    return list(pairs.items())


def _in_box(name: str, text: str | bytes) -> str | bytes:
    soon = clock.local(clock.now())
    part = name.rpartition("-")[2]
    number = {"day": soon.day, "month": soon.month, "year": soon.year}.get(part)
    return str(number) if number else "00:01" if part == "time" else text


def send(client: Client, met: Met, pairs: Pairs, about: str) -> TestResponse:
    answer = client.post(
        met.action,
        data=urlencode(pairs),
        content_type="application/x-www-form-urlencoded",
        may_break=True,
    )
    assert answer.status_code < 500, f"{met.endpoint} broke on {about}"
    return answer


def lost(answer: TestResponse, pairs: Pairs) -> list[str]:
    """Visible text boxes of the form that came back without what was typed."""
    boxes = answer.html.xpath(
        "//main//textarea[@name] | //main//input[@name][not(@type) or @type='text' or"
        " @type='tel' or @type='search']"
    )
    back = {box.get("name"): (box.text if box.tag == "textarea" else box.get("value")) or ""
            for box in boxes}  # fmt: skip
    return [name for name, sent in pairs if name in back and not _same(name, back[name], sent)]


def _same(name: str, there: str, sent: str | bytes) -> bool:
    if isinstance(sent, bytes):
        return bool(there)
    typed = showable(sent)
    if name.rpartition("-")[2] in ("day", "month", "year", "time"):
        typed = typed[:40]
    understood = (typed.replace(",", "").lstrip("0"), f"{typed[:2]}:{typed[2:]}")
    return there in understood or clean(there, one_line=True) == clean(typed, one_line=True)


def turn(item: tuple[tuple[str, str], Met]) -> tuple[int, str]:
    endpoint = item[1].endpoint
    return max((n for n, word in enumerate(LAST, 1) if word in endpoint), default=0), endpoint


def test_no_form_breaks_or_loses_words(session, sign_in, app: Flask, clock) -> None:
    clock("2026-11-24 10:00")
    walked: set[tuple[str, str]] = set()
    for user in world().values():
        client = sign_in(user)
        forms = discover(app, client)
        for key, met in sorted(forms.items(), key=turn):
            if key not in walked:
                walked.add(key)
                abuse(client, met)
    all_forms = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    missed = all_forms - {endpoint for endpoint, _ in walked} - LEFT_OUT
    assert " ".join(sorted(missed - SELDOM)) == ""


def abuse(client: Client, met: Met) -> None:
    form = shown(client, met)
    if form is None:
        return
    token = [pair for pair in filled(form, "", fair=False) if pair[0] == "csrf_token"]
    send(client, met, token, "nothing at all")
    for about, text in GARBAGE.items():
        pairs = filled(form, text, fair=False)
        answer = send(client, met, pairs, about)
        if answer.status_code == 422:
            assert not lost(answer, pairs), f"{met.endpoint} loses {about}"
    for about in FITTING:
        if (form := shown(client, met)) is None:
            return
        send(client, met, filled(form, GARBAGE[about], fair=True), f"{about}, else answered")
        assert client.get(met.page).status_code < 500


ADDRESSES = {
    Role.SUPERVISOR: ["/team?sort={}", "/team/list?show=due&day={}", "/team/list?page={}",
                      "/services?need={}&age={}&area={}"],
    Role.PROGRAMME_MANAGER: ["/programme?quarter={}", "/programme?quarter={}-Q1"],
    Role.INFORMATION_GOVERNANCE: ["/audit?before={}"],
}  # fmt: skip
ASKED = ["9999-12-31", "0001-01-01", "9" * 20, "9" * 5_000, "-1", "%00", "%ff", "1e999", "٣"]


@pytest.mark.parametrize("role", list(ADDRESSES))
def test_no_question_in_an_address_breaks_a_page(session, sign_in, role: Role) -> None:
    client = sign_in(builders.user(role, in_team=builders.team()))
    for address in ADDRESSES[role]:
        for asked in ASKED:
            there = address.replace("{}", asked)
            answer = client.get(there, may_break=True)
            no_null = (400,) if "%00" in there else (200, 422)
            assert answer.status_code in no_null, there[:60]
