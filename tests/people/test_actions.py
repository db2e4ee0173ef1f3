from datetime import timedelta
from typing import Any

import pytest

from caseflow.audit import queries as audit
from caseflow.audit.rules import Event
from caseflow.kernel import clock as kernel_clock
from caseflow.kernel.errors import Problem, Stale
from caseflow.people import actions, queries
from caseflow.people.models import Person
from caseflow.people.rules import (
    BornPrecision,
    ConsentMethod,
    ConsentPurpose,
    ContactKind,
    Decision,
    FlagKind,
    FlagLevel,
    FlagSource,
    GivenBy,
    Relation,
    Safe,
)
from caseflow.staff.models import User
from tests import builders
from tests.harness.clock import StoppedClock

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def young() -> Person:
    return builders.person()


@pytest.fixture
def ana() -> User:
    return builders.worker(name="Ana")


def decide(of: Person, by: User, **given: Any) -> Any:
    usual: dict[str, Any] = {
        "purpose": ConsentPurpose.SUPPORT,
        "decision": Decision.GIVEN,
        "given_by": GivenBy.YOUNG_PERSON,
        "method": ConsentMethod.SPOKEN,
    }
    return actions.record_consent(of, by=by, **(usual | given))


# --- Who they are --------------------------------------------------------------------------------


def test_somebody_nobody_knows_has_a_stand_in(young: Person) -> None:
    unknown = actions.add_person(label="Trauma X")
    assert (unknown.display_name, unknown.age_words()) == ("Trauma X", "age not known")


@pytest.mark.parametrize("days", [1, -121 * 366])
def test_an_impossible_date_of_birth_is_refused(young: Person, days: int) -> None:
    born = kernel_clock.today() + timedelta(days=days)
    with pytest.raises(Problem) as refused:
        actions.change_person(young, born_on=born, born_precision=BornPrecision.DAY)
    assert refused.value.field == "born"


def test_a_change_on_an_old_page_is_stale_and_changes_nothing(young: Person) -> None:
    seen = young.version
    actions.change_person(young, version=seen, school="One")
    with pytest.raises(Stale):
        actions.change_person(young, version=seen, school="Two")
    assert young.school == "One"


def test_the_trail_has_the_fields_and_not_what_is_in_them(young: Person) -> None:
    assert actions.change_person(young, school="Made Up College") == ["school"]
    row = audit.search(limit=1)[0]
    assert (row.event, row.facts) == (Event.PERSON_CHANGED, {"fields": ["school"]})


def test_a_message_erases_nothing_and_questions_what_a_person_corrected(young: Person) -> None:
    actions.change_person(young, first_name="Sam")
    taken, questioned = actions.fill_in(young, first_name="Samuel", gp="Dr Made Up", school="")
    assert (taken, questioned) == (["gp"], ["first_name"])
    assert young.first_name == "Sam"


def test_an_alias_in_any_script_finds_them_again(young: Person) -> None:
    actions.add_alias(young, "محمد علی")
    actions.add_alias(young, "Łukasz Żak")
    assert actions.add_alias(young, "łukasz  ŻAK") is None
    assert actions.add_alias(young, young.display_name) is None
    assert len(queries.aliases_of(young)) == 2


# --- How to reach them ---------------------------------------------------------------------------


def test_a_number_removed_is_no_longer_shown(young: Person) -> None:
    point = actions.save_contact_point(young, kind=ContactKind.PHONE, value="07700 900123")
    assert point.folded == "+447700900123"
    actions.remove_contact_point(point)
    assert not queries.contact_points(young)


def test_an_empty_number_is_refused(young: Person) -> None:
    with pytest.raises(Problem) as refused:
        actions.save_contact_point(young, kind=ContactKind.PHONE, value="  ")
    assert refused.value.field == "value"


def test_who_may_not_be_contacted_needs_a_reason(young: Person) -> None:
    with pytest.raises(Problem) as refused:
        actions.save_related_person(
            young, name="A. Parent", relation=Relation.PARENT, may_contact=Safe.NO
        )
    assert refused.value.field == "reason"


def test_somebody_removed_is_no_longer_around_them(young: Person) -> None:
    related = actions.save_related_person(young, name="A. Parent", relation=Relation.PARENT)
    actions.remove_related_person(related)
    assert not queries.related_people(young)
    assert audit.search(limit=1)[0].facts["removed"] is True


# --- Consent -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "given_by", "needs_note"),
    [
        (12, GivenBy.YOUNG_PERSON, False),
        (13, GivenBy.YOUNG_PERSON, True),
        (15, GivenBy.YOUNG_PERSON, True),
        (15, GivenBy.PARENT, False),
        (16, GivenBy.YOUNG_PERSON, False),
    ],
)
def test_at_13_to_15_the_reasoning_is_written_down(
    ana: User, age: int, given_by: GivenBy, needs_note: bool
) -> None:
    young = builders.person(born_on=builders.born(age))
    if not needs_note:
        assert decide(young, ana, given_by=given_by)
        return
    with pytest.raises(Problem) as refused:
        decide(young, ana, given_by=given_by)
    assert refused.value.field == "competence_note"
    assert decide(young, ana, given_by=given_by, competence_note="Said it back in his words")


def test_the_latest_decision_of_each_purpose_holds(
    young: Person, ana: User, clock: StoppedClock
) -> None:
    decide(young, ana)
    decide(young, ana, purpose=ConsentPurpose.EVALUATION, decision=Decision.REFUSED)
    assert queries.consent_in_force(young, ConsentPurpose.SUPPORT)
    assert not queries.consent_in_force(young, ConsentPurpose.EVALUATION)
    clock.forward(minutes=1)
    decide(young, ana, decision=Decision.WITHDRAWN)
    assert not queries.consent_in_force(young, ConsentPurpose.SUPPORT)


def test_sharing_is_with_one_agency_until_its_day(
    young: Person, ana: User, clock: StoppedClock
) -> None:
    until = kernel_clock.today() + timedelta(days=30)
    with pytest.raises(Problem) as refused:
        decide(young, ana, purpose=ConsentPurpose.SHARE)
    assert refused.value.field == "agency"
    decide(young, ana, purpose=ConsentPurpose.SHARE, agency="Housing", until=until)
    assert queries.consent_in_force(young, ConsentPurpose.SHARE, "Housing")
    assert not queries.consent_in_force(young, ConsentPurpose.SHARE, "School")
    clock.forward(days=30)
    assert queries.consent_in_force(young, ConsentPurpose.SHARE, "Housing")
    clock.forward(days=1)
    assert not queries.consent_in_force(young, ConsentPurpose.SHARE, "Housing")


# --- Flags ---------------------------------------------------------------------------------------


def flag(of: Person, by: User, **given: Any) -> Any:
    usual: dict[str, Any] = {
        "kind": FlagKind.KNOWN_CONFLICT,
        "level": FlagLevel.CAUTION,
        "source": FlagSource.YOUNG_PERSON,
    }
    return actions.set_flag(of, by=by, **(usual | given))


def test_a_flag_is_live_through_its_last_day(young: Person, ana: User, clock: StoppedClock) -> None:
    flag(young, ana)
    clock.forward(days=90)
    assert queries.live_flags(young)
    clock.forward(days=1)
    assert not queries.live_flags(young)
    assert queries.all_flags(young)


def test_a_flag_is_removed_with_a_reason(young: Person, ana: User) -> None:
    found = flag(young, ana)
    with pytest.raises(Problem) as refused:
        actions.remove_flag(young, found, reason=" ")
    assert refused.value.field == "reason"
    actions.remove_flag(young, found, reason="They made peace")
    assert not queries.live_flags(young)


def test_a_flag_that_ends_before_it_begins_is_refused(young: Person, ana: User) -> None:
    with pytest.raises(Problem) as refused:
        flag(young, ana, expires_on=kernel_clock.today())
    assert refused.value.field == "expires_on"
