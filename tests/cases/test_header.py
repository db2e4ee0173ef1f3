"""The head of every page of a case, and what it says when two people have one name."""

import pytest

from caseflow.cases.header import stage_tone
from caseflow.cases.lifecycle import Stage
from caseflow.people import actions as people
from caseflow.people.rules import ContactKind, FlagKind, FlagLevel, FlagSource, Safe
from tests import builders

TWINS = {"first_name": "Jay", "last_name": "Twin"}


def head_of(page) -> str:
    return " ".join(page.html.xpath("//*[@class='cf-person']")[0].text_content().split())


def test_two_people_of_one_name_are_told_apart(session, sign_in) -> None:
    ana, ben = builders.worker(name="Ana"), builders.worker(name="Ben")
    one = builders.case_at(Stage.LONG_TERM, held_by=ana, of=builders.person(**TWINS))
    two = builders.case_at(Stage.LONG_TERM, held_by=ben, of=builders.person(**TWINS))
    head = head_of(sign_in(ana).get(f"/cases/{one.id}"))
    assert f"Somebody else has the same name: aged 16, {two.reference}, with Ben." in head


def test_a_namesake_of_another_team_is_not_betrayed(session, sign_in) -> None:
    ana = builders.worker()
    foreigner = builders.worker(builders.team("Other team", ()))
    one = builders.case_at(Stage.LONG_TERM, held_by=ana, of=builders.person(**TWINS))
    builders.case_at(Stage.LONG_TERM, held_by=foreigner, of=builders.person(**TWINS))
    assert "same name" not in head_of(sign_in(ana).get(f"/cases/{one.id}"))


def test_a_second_episode_of_one_person_is_no_namesake(session, sign_in) -> None:
    ana, twin = builders.worker(), builders.person(**TWINS)
    builders.case_at(Stage.DECLINED, held_by=ana, of=twin)
    case = builders.case_at(Stage.LONG_TERM, held_by=ana, of=twin)
    page = sign_in(ana).get(f"/cases/{case.id}")
    assert "same name" not in head_of(page)
    assert "Other episodes" in page.words


@pytest.mark.parametrize(
    ("ways", "words"),
    [
        ([], "No number known to be safe. Ask."),
        ([(Safe.NO, Safe.NO)], "Not safe to call."),
        ([(Safe.YES, Safe.YES)], "Safe to call 07700 900123."),
        ([(Safe.YES, Safe.NO)], "Safe to call 07700 900123. Do not text."),
        ([(Safe.NOT_ASKED, Safe.NOT_ASKED)], "No number known to be safe. Ask."),
    ],
)
def test_how_to_reach_them_is_said_in_words(session, sign_in, ways, words) -> None:
    case = builders.case_at(Stage.LONG_TERM)
    for call, text in ways:
        people.save_contact_point(
            case.person, kind=ContactKind.PHONE, value="07700 900123", safe_to_call=call,
            safe_to_text=text,
        )  # fmt: skip
    assert words in head_of(sign_in(case.worker).get(f"/cases/{case.id}"))


def test_live_flags_are_in_the_head(session, sign_in, clock) -> None:
    clock("2026-11-03 10:00")
    case = builders.case_at(Stage.LONG_TERM)
    people.set_flag(
        case.person, by=case.worker, kind=FlagKind.WEAPON_CARRYING, level=FlagLevel.DANGER,
        source=FlagSource.OBSERVED,
    )  # fmt: skip
    ana = sign_in(case.worker)
    assert "Weapon carrying" in head_of(ana.get(f"/cases/{case.id}"))
    clock.forward(days=91)
    ana = sign_in(case.worker)
    assert "Weapon carrying" not in head_of(ana.get(f"/cases/{case.id}"))


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_a_tone_and_no_stage_is_red(stage: Stage) -> None:
    assert stage_tone(stage) in {"good", "calm", "quiet"}
