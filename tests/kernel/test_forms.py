"""Fields say what is wrong in plain words, keep what was typed, and survive anything sent."""

import io
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import lxml.html
import pytest
from flask import Flask, render_template_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms.validators import ValidationError

from caseflow.kernel import clock
from caseflow.kernel.errors import Problem
from caseflow.kernel.forms import (
    CheckboxesField,
    ChoiceField,
    DateField,
    DecimalField,
    EmailField,
    FileField,
    Form,
    HiddenField,
    IntegerField,
    Item,
    MomentField,
    NoteField,
    OnceForm,
    PartialDate,
    PartialDateField,
    PasswordField,
    SelectField,
    SubmitField,
    TextField,
    TickField,
    TimeField,
    VersionField,
    YesNoField,
    not_before,
)
from caseflow.kernel.words import Words

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("on_a_page")


class Mode(Words):
    MET = "met"
    NO_ANSWER = "no_answer"
    CANCELLED = "cancelled"


class Everything(OnceForm):
    name = TextField("What are they called?", noun="what they are called", max_length=20)
    note = NoteField("Note", max_length=50, required=False)
    email = EmailField("Email address")
    secret = PasswordField("Password")
    minutes = IntegerField("Minutes", low=1, high=600)
    hours = DecimalField("Hours", places=1, high=24, required=False)
    mode = ChoiceField("How?", Mode, noun="how", reveals={"cancelled": ("why",)})
    why = TextField("Why was it cancelled?", noun="why it was cancelled")
    worker = SelectField("Worker", [("1", "Ana"), ("2", "Ben")])
    who = CheckboxesField("Who with", [Item("yp", "Them"), Item("none", "Nobody", alone=True)])
    worry = YesNoField("Any worry?", noun="whether there is a worry")
    told = TickField("They know", required="Tick to say they know")
    born = PartialDateField("Date of birth", past=True)
    day = DateField("Start date")
    end = DateField("End date", required=False, validators=[not_before("day", "the start date")])
    met = MomentField("Time of the visit", past=True)
    at = TimeField("Usual time", required=False)
    letter = FileField("Letter", required=False)
    version = VersionField()
    place = HiddenField()
    save = SubmitField("Save")


GOOD: dict[str, Any] = {
    "name": "Jay", "email": "jay@example.org", "secret": "correct horse", "minutes": "15",
    "mode": "met", "worker": "2", "who": ["yp"], "worry": "no", "told": "yes",
    "born-year": "2009", "day-day": "1", "day-month": "March", "day-year": "2026",
    "met-day": "23", "met-month": "11", "met-year": "2026", "met-time": "9am",
    "version": "4", "place": "bed 9", "save": "yes",
}  # fmt: skip


def sent(data: Mapping[str, Any], form: type[Form] = Everything) -> Any:
    with clock.at(NOON):
        made = form(MultiDict(data), meta={"csrf": False})
        made.validate()
    return made


def boxes(name: str, *parts: str) -> dict[str, str]:
    return {
        f"{name}-{part}": text for part, text in zip(("day", "month", "year"), parts, strict=True)
    }


def test_a_good_form_gives_typed_values() -> None:
    form = sent(GOOD)
    assert form.errors == {}
    assert form.mode.data is Mode.MET
    assert form.minutes.data == 15
    assert form.worker.data == "2"
    assert form.who.data == ["yp"]
    assert form.worry.data is False
    assert form.told.data is True
    assert form.born.data == PartialDate(2009)
    assert form.day.data == date(2026, 3, 1)
    assert form.met.data == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert form.note.data == ""
    assert form.hours.data is None
    assert (form.version.data, form.place.data, form.save.data) == (4, "bed 9", True)


def test_nothing_sent_asks_for_everything_in_plain_words() -> None:
    form = sent({})
    assert [mistake.message for mistake in form.mistakes] == [
        "Enter what they are called",
        "Enter email address",
        "Enter password",
        "Enter minutes",
        "Select how",
        "Select worker",
        "Select who with",
        "Select whether there is a worry",
        "Tick to say they know",
        "Enter date of birth",
        "Enter start date",
        "Enter time of the visit",
    ]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"name": "x" * 21}, "name",
         "What they are called must be 20 characters or fewer. You have 1 too many"),
        ({"name": "a\x00b"}, "name", "What they are called has characters that cannot be saved"),
        ({"name": "a\ud800b"}, "name", "What they are called has characters that cannot be saved"),
        ({"email": "jay at home"}, "email", "Email address must look like name@example.org"),
        ({"minutes": "ten"}, "minutes", "Minutes must be a whole number, like 15"),
        ({"minutes": "0"}, "minutes", "Minutes must be between 1 and 600"),
        ({"minutes": "9" * 5000}, "minutes", "Minutes must be a whole number, like 15"),
        ({"hours": "1.55"}, "hours", "Hours must have 1 decimal places or fewer"),
        ({"hours": "NaN"}, "hours", "Hours must be a number, like 7.5"),
        ({"hours": "1e9999"}, "hours", "Hours must be between 0 and 24"),
        ({"mode": "teleport"}, "mode", "Select how from the list"),
        ({"mode": "cancelled"}, "why", "Enter why it was cancelled"),
        ({"worker": "3"}, "worker", "Select worker from the list"),
        ({"who": ["yp", "police"]}, "who", "Select who with from the list"),
        ({"who": ["yp", "none"]}, "who", "Select who with, or “Nobody”, but not both"),
        ({"worry": "maybe"}, "worry", "Select whether there is a worry from the list"),
        (boxes("day", "31", "2", "2026"), "day", "Start date must be a real date"),
        (boxes("day", "", "2", "2026"), "day", "Start date must include a day"),
        (boxes("day", "", "", "2026"), "day", "Start date must include a day and month"),
        (boxes("day", "1", "2", "26"), "day",
         "Start date must have a year of 4 numbers, like 2009"),
        (boxes("day", "1", "2", "0001"), "day", "Start date must be a year from 1900 on"),
        (boxes("day", "١", "2", "2026"), "day", "Start date must be a real date"),
        (boxes("end", "28", "2", "2026"), "end",
         "End date must be the same as or after the start date"),
        (boxes("born", "", "13", "2009"), "born", "Date of birth must have a real month"),
        (boxes("born", "5", "", "2009"), "born", "Date of birth must include a month"),
        (boxes("born", "", "", "2027"), "born", "Date of birth must be today or in the past"),
        (boxes("born", "24", "11", "2026"), "born", "Date of birth must be today or in the past"),
        ({"met-time": "25:00"}, "met", "Time of the visit must have a time like 16:00 or 4pm"),
        ({"met-time": ""}, "met", "Time of the visit must include a time"),
        ({"met-time": "12:06"}, "met", "Time of the visit must be now or in the past"),
        ({"at": "soon"}, "at", "Usual time must be a time like 16:00 or 4pm"),
    ],
)  # fmt: skip
def test_each_mistake_has_its_message(changes: dict[str, Any], field: str, message: str) -> None:
    assert sent(GOOD | changes)[field].error == message


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("16:00", time(16)), ("1600", time(16)), ("4pm", time(16)), ("4.30 p.m.", time(16, 30)),
     ("12am", time(0)), ("12pm", time(12)), ("midday", time(12)), ("9:05", time(9, 5))],
)  # fmt: skip
def test_times_are_read_as_people_write_them(typed: str, meant: time) -> None:
    assert sent(GOOD | {"at": typed}).at.data == meant


def test_text_is_normalised_and_loses_only_what_cannot_be_seen() -> None:
    form = sent(GOOD | {"name": "  Zoe\u0301\u202e\x07 \n B ", "note": "a\r\nb\tc\x0b\n"})
    assert form.name.data == "Zo\u00e9 B"
    assert form.note.data == "a\nb\tc"


def test_a_note_that_is_too_long_comes_back_whole() -> None:
    form = sent(GOOD | {"note": "x" * 60})
    assert form.note.error == "Note must be 50 characters or fewer. You have 10 too many"
    assert "x" * 60 in form.note()


def test_a_text_box_keeps_its_own_line_breaks_and_spaces() -> None:
    box = lxml.html.fromstring(sent(GOOD | {"note": "one\n    two <b>"}).note()).find(".//textarea")
    assert box is not None
    assert box.text == "\none\n    two <b>"  # the first line end is HTML's own


def test_dates_come_back_as_they_were_typed() -> None:
    html = sent(GOOD | boxes("day", "031", "Febtober", "26")).day()
    assert [i.get("value") for i in lxml.html.fromstring(html).findall(".//input")] == [
        "031", "Febtober", "26",
    ]  # fmt: skip


def test_a_password_is_kept_exactly_and_never_shown_again() -> None:
    form = sent(GOOD | {"secret": "  a\tb  "})
    assert form.secret.data == "  a\tb  "
    assert "a\tb" not in form.secret()


def test_what_was_not_revealed_is_ignored() -> None:
    form = sent(GOOD | {"why": "x" * 900})
    assert form.errors == {}
    assert form.why.data == ""


def test_existing_values_fill_the_form() -> None:
    form = Everything(
        born=PartialDate(2009, 3), met=NOON, mode=Mode.MET, who=["yp"], worry=True, at=time(9)
    )
    assert [form.born.shown(p) for p in form.born.parts] == ["", "3", "2009"]
    assert form.met.shown("time") == "12:00"
    assert form.at.shown == "09:00"
    for field in (form.mode, form.who, form.worry):
        assert lxml.html.fromstring(field()).xpath("count(.//input[@checked])") == 1


def test_every_summary_link_leads_to_a_control_of_its_field() -> None:
    form = sent(boxes("day", "1", "", "2026"))
    page = lxml.html.fromstring(render_template_string(
        '{% from "components/form.html" import form_page, error_summary %}'
        "<div>{{ error_summary(form) }}{{ form_page(form) }}</div>", form=form))  # fmt: skip
    links = [a.get("href")[1:] for a in page.xpath("//div[@role='alert']//a")]
    assert "day-month" in links
    for link in links:
        assert page.get_element_by_id(link).tag in {"input", "textarea", "select"}, link


def test_every_control_has_a_label_and_its_error_is_read_out() -> None:
    form = sent({"mode": "cancelled"})
    page = lxml.html.fromstring(f"<div>{''.join(str(field()) for field in form.asked)}</div>")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for control in page.xpath("//input|//select|//textarea"):
        assert page.xpath("//label[@for=$id]", id=control.get("id")), control.get("id")
    for described in page.xpath("//@aria-describedby"):
        assert set(described.split()) <= set(ids)


def test_a_domain_problem_lands_at_its_field_or_at_the_head() -> None:
    form = sent(GOOD)
    form.add_problem(Problem("This case is closed"))
    form.add_problem(Problem("Dan is away", "worker"))
    assert [(m.message, m.focus_id) for m in form.mistakes] == [
        ("This case is closed", ""),
        ("Dan is away", "worker"),
    ]


def test_choices_may_be_known_late_and_coerced() -> None:
    class Late(Form):
        worker = ChoiceField("Worker")

    form: Any = Late(MultiDict({"worker": "7"}), meta={"csrf": False})
    form.worker.choices = [("7", "Ana")]
    form.worker.coerce = int
    assert form.validate()
    assert form.worker.data == 7


def test_a_form_key_is_new_for_each_form_and_kept_for_each_sending() -> None:
    first, second = Everything(), Everything()
    assert first.form_key.data != second.form_key.data
    assert sent({"form_key": first.form_key.data}).form_key.data == first.form_key.data
    assert re.fullmatch(r"[\w-]{24}", sent({"form_key": "<script>"}).form_key.data)


def test_a_decimal_is_exact() -> None:
    assert sent(GOOD | {"hours": "7.5"}).hours.data == Decimal("7.5")


def test_an_own_check_runs_only_on_what_is_there() -> None:
    class Own(Form):
        name = TextField("Name", required=False)

        def validate_name(self, field: Any) -> None:
            raise ValidationError("Not that name")

    assert sent({"name": ""}, Own).errors == {}
    assert sent({"name": "x"}, Own).name.error == "Not that name"


NAMES = [*GOOD, *boxes("born", "", "", ""), *boxes("end", "", "", ""), "note", "hours", "why",
         "at", "letter", "form_key", "born", "day", "met"]  # fmt: skip
ANYTHING = st.one_of(
    st.text(st.characters(codec=None), max_size=60),
    st.sampled_from(["", "0", "-1", "31", "2", "2026", "yes", "met", "cancelled", "1e5", "٣", "²"]),
    st.builds(lambda name: FileStorage(io.BytesIO(b"x"), filename=name), st.text(max_size=9)),
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(NAMES), ANYTHING), max_size=30))
def test_anything_may_be_sent_and_the_page_still_comes_back(
    pages: Flask, pairs: list[tuple[str, Any]]
) -> None:
    form = sent(MultiDict(pairs))
    html = "".join(str(field()) for field in form.asked) + str(form.hidden_tag())
    html.encode()
    for name in ("name", "note", "why"):
        form[name].data.encode()
        assert "\x00" not in form[name].data
    assert bool(form.mistakes) == bool(form.errors)


class Small(Form):
    name = TextField("Name", default="Filled in before")


def test_an_empty_post_is_not_the_form_as_it_was_filled_in(pages: Flask) -> None:
    with pages.test_request_context(method="POST"):
        form: Any = Small()
        assert not form.validate_on_submit()
        assert form.name.data == ""


@pytest.mark.parametrize("body", ["[1, 2]", '{"name": "x"}', "nonsense"])
def test_json_is_not_a_form(pages: Flask, body: str) -> None:
    with pages.test_request_context(method="POST", data=body, content_type="application/json"):
        assert not Small().validate_on_submit()
