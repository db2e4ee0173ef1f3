"""Hospital messages one after another: identity, order, corrections, parking, withdrawal."""

import re
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from caseflow.audit.models import AuditRow
from caseflow.cases import actions as cases
from caseflow.cases import need_to_know
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.demo.messages import bars_referral
from caseflow.incidents import actions as incidents
from caseflow.incidents.models import Incident
from caseflow.incidents.queries import incident_of
from caseflow.incidents.rules import Knife, Nature, Weapon
from caseflow.intake import actions, outcomes, queries
from caseflow.intake.actions import receive_message
from caseflow.intake.draft import Draft
from caseflow.intake.eligibility import Ineligible
from caseflow.intake.fhir import read
from caseflow.intake.messages import Received
from caseflow.intake.models import Message, Referral
from caseflow.intake.plain import draft_from, plain
from caseflow.intake.rules import Outcome, Source, Urgency
from caseflow.kernel import clock
from caseflow.kernel.database import db, transaction
from caseflow.notices.models import InboxItem
from caseflow.people import actions as people
from caseflow.people import queries as people_queries
from caseflow.people.models import Person
from caseflow.people.rules import BornPrecision, Ethnicity, Relation, Safe
from tests import builders

LATER = "2026-11-20T22:40:00+00:00"
EARLIER = "2026-11-20T21:00:00+00:00"
OTHER = "urn:uuid:00000000-0000-4000-8000-000000000002"


@pytest.fixture(autouse=True)
def _hospital_team(session: Any) -> None:
    builders.team()


def arrive(name: str = "message.xml", **told: Any) -> Received:
    usual: dict[str, Any] = {"reason_code": None}
    return receive_message(bars_referral(**(usual | told)), name=name)


def referral_of(received: Received) -> Referral:
    assert received.case is not None
    found = queries.referral_of(received.case)
    assert found is not None
    return found


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_message_becomes_a_person_a_case_and_a_referral() -> None:
    received = arrive()
    case, referral = received.case, referral_of(received)
    assert received.outcome is Outcome.CREATED
    assert case is not None
    assert case.reference == received.reference
    assert case.stage is Stage.RECEIVED
    person = case.person
    assert (person.first_name, person.last_name, person.known_as) == ("Jaden", "Testerton", "Jay")
    assert str(person.born_on) == "2010-05-14"
    assert person.born_precision is BornPrecision.DAY
    assert person.nhs_number == "9990000018"
    assert person.ethnicity is Ethnicity.BLACK_OTHER
    assert (person.address, person.postcode) == ("1 Example Street, Leicester", "LE2 0AA")
    assert person.district == ""
    assert person.gp == "Example Surgery"
    assert referral.source is Source.ED_CLINICIAN
    assert referral.sender_name.startswith("University Hospitals of Leicester")
    assert referral.urgency is Urgency.URGENT
    assert referral.is_still_there is Safe.YES
    assert referral.reason == "Knife wound to the left thigh"
    assert referral.referrer_name == "Nadia Examplewell"


def test_phones_are_kept_and_nobody_has_asked_whether_they_are_safe() -> None:
    case = arrive().case
    assert case is not None
    points = people_queries.contact_points(case.person)
    assert {(p.kind.value, p.value, p.safe_to_call) for p in points} == {
        ("phone", "07700 900 123", Safe.NOT_ASKED),
        ("email", "jay@example.org", Safe.NOT_ASKED),
    }
    (mother,) = people_queries.related_people(case.person)
    assert (mother.name, mother.relation, mother.phone) == (
        "Marcia Testerton",
        Relation.PARENT,
        "07700 900 456",
    )
    assert mother.may_contact is Safe.NOT_ASKED


def test_what_happened_is_recorded_and_no_flag_is_set_by_itself() -> None:
    received = arrive(reason_code=("242880008", "Assault by stabbing with knife"))
    assert received.case is not None
    incident = incident_of(received.case)
    assert incident is not None
    assert (incident.nature, incident.weapon) == (Nature.STABBING, Weapon.OTHER_KNIFE)
    assert incident.knife is Knife.YES
    assert (incident.latitude, incident.longitude) == (52.63686, -1.1332)
    assert people_queries.live_flags(received.case.person) == []
    said = referral_of(received).sender_said
    assert said[0]["where"] == "Safeguarding"
    assert any("Mother is at the bedside" in row["text"] for row in said)


def test_the_same_bytes_twice_are_one_referral() -> None:
    first = arrive()
    again = arrive()
    assert (again.outcome, again.reference) == (Outcome.UNCHANGED, first.reference)
    assert (count(Referral), count(Message), count(Person)) == (1, 1, 1)


def test_an_update_fills_in() -> None:
    first = arrive(nhs_number=None, birth_date="2010", address=None, postcode=None, phones=())
    update = arrive(reason="update", last_updated=LATER)
    assert (update.outcome, update.reference) == (Outcome.UPDATED, first.reference)
    assert update.case is not None
    person = update.case.person
    assert str(person.born_on) == "2010-05-14"
    assert person.born_precision is BornPrecision.DAY
    assert person.postcode == "LE2 0AA"
    assert len(people_queries.contact_points(person)) == 2
    assert count(Referral) == 1


def test_a_blank_erases_nothing_and_a_vaguer_date_neither() -> None:
    arrive()
    update = arrive(
        reason="update",
        last_updated=LATER,
        birth_date="2010",
        address=None,
        phones=(),
        nickname=None,
        gender=None,
        ethnicity=None,
        complaint=None,
    )
    assert update.outcome is Outcome.UPDATED
    assert update.case is not None
    person = update.case.person
    assert str(person.born_on) == "2010-05-14"
    assert person.address == "1 Example Street, Leicester"
    assert person.known_as == "Jay"
    assert referral_of(update).reason == "Knife wound to the left thigh"


def test_a_late_old_message_fills_blanks_only() -> None:
    arrive(last_updated=LATER, address=None, postcode=None, complaint="Knife wound")
    late = arrive(last_updated=EARLIER, complaint="Fall")
    assert late.outcome is Outcome.UNCHANGED
    assert late.case is not None
    assert referral_of(late).reason == "Knife wound"
    assert late.case.person.postcode == "LE2 0AA"


def test_any_order_ends_in_the_same_record() -> None:
    told: list[dict[str, Any]] = [
        {"last_updated": EARLIER, "postcode": "LE1 1AA", "complaint": "Fall", "nickname": None},
        {"last_updated": LATER, "postcode": None, "complaint": "Knife wound", "nickname": None},
        {"last_updated": "2026-11-20T21:30:00+00:00", "postcode": "LE2 0AA", "complaint": None},
    ]
    for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0)):
        request = f"urn:uuid:00000000-0000-4000-9000-{''.join(map(str, order)):0>12}"
        for number in order:
            received = arrive(request_url=request, nhs_number=None, **told[number])
        assert received.case is not None
        person = received.case.person
        assert (person.postcode, person.known_as) == ("LE2 0AA", "Jay"), order
        assert referral_of(received).reason == "Knife wound", order


def test_what_a_person_corrected_is_questioned_and_not_overwritten() -> None:
    received = arrive()
    assert received.case is not None
    people.change_person(received.case.person, postcode="LE3 9ZZ")
    update = arrive(reason="update", last_updated=LATER, postcode="LE5 5AA")
    assert update.case is not None
    assert update.case.person.postcode == "LE3 9ZZ"
    questioned = [p for p in update.problems if p.where == "Postcode"]
    assert [p.what for p in questioned] == [
        "The sender says something else; ours stands. Check which is so."
    ]
    assert {"where": "Postcode", "what": questioned[0].what} in referral_of(update).problems


def test_what_a_message_does_not_change_leaves_a_screens_answer_alone() -> None:
    received = arrive(postcode="LE2 0AA")
    assert received.case is not None
    people.fill_in(received.case.person, postcode="LE4 4ZZ")
    arrive(reason="update", last_updated=LATER, complaint="Deep knife wound")
    assert received.case.person.postcode == "LE4 4ZZ"


def test_swapped_coordinates_stay_swapped_when_the_sender_repeats_them() -> None:
    received = arrive(position=("-1.1332", "52.63686"))
    assert received.case is not None
    incident = incident_of(received.case)
    assert incident is not None
    assert any("swap" in problem.what for problem in received.problems)
    incidents.swap_coordinates(incident)
    assert (incident.latitude, incident.longitude) == (52.63686, -1.1332)
    arrive(reason="update", last_updated=LATER, position=("-1.2", "52.7"))
    assert (incident.latitude, incident.longitude) == (52.63686, -1.1332)


@pytest.mark.parametrize(
    "other",
    [
        {"nhs_number": "9990000026"},
        {"given": ("Kofi",), "birth_date": "2003-01-02", "nhs_number": None, "nickname": None},
        {
            "given": ("Zed",),
            "family": "Elsewhere",
            "birth_date": "2003-01-02",
            "nhs_number": None,
            "nickname": None,
        },
    ],
)
def test_somebody_else_is_parked_and_nothing_is_applied(other: dict[str, Any]) -> None:
    first = arrive()
    parked = arrive(last_updated=LATER, complaint="Something else", **other)
    assert (parked.outcome, parked.reference) == (Outcome.PARKED, first.reference)
    assert parked.case is not None
    assert parked.case.person.first_name == "Jaden"
    assert referral_of(parked).reason == "Knife wound to the left thigh"
    assert count(Person) == 1
    (waiting,) = queries.parked(builders.worker())
    assert waiting.is_waiting
    assert arrive(last_updated=LATER, complaint="Something else", **other).outcome is (
        Outcome.UNCHANGED
    )
    away = builders.worker(builders.team("Away", ()))
    assert queries.parked(away) == []
    refused = builders.worker()
    need_to_know.set_conflict(parked.case, refused, by=away)
    assert queries.parked(refused) == []


def test_an_unknown_patient_may_become_known() -> None:
    arrive(given=("Unknown",), family="Male", nickname=None, birth_date=None, nhs_number=None)
    update = arrive(last_updated=LATER)
    assert update.outcome is Outcome.UPDATED
    assert update.case is not None
    assert update.case.person.display_name == "Jay Testerton"


def test_a_parked_message_may_turn_out_to_be_the_same_person() -> None:
    arrive()
    parked = arrive(last_updated=LATER, nhs_number="9990000026", postcode="LE4 4AA")
    (message,) = queries.parked(builders.worker())
    actions.apply_parked(message, by=builders.supervisor())
    assert parked.case is not None
    assert parked.case.person.postcode == "LE4 4AA"
    assert parked.case.person.nhs_number == "9990000026"
    assert queries.parked(builders.worker()) == []


def test_a_parked_message_may_turn_out_to_be_somebody_else() -> None:
    first = arrive()
    arrive(last_updated=LATER, nhs_number="9990000026", given=("Kofi",), nickname=None)
    (message,) = queries.parked(builders.worker())
    opened = actions.open_parked(message, by=builders.supervisor())
    assert opened.case.reference != first.reference
    assert opened.case.person.first_name == "Kofi"
    assert first.case is not None
    assert first.case.person.first_name == "Jaden"
    with pytest.raises(Exception, match="decided about this message already"):
        actions.set_aside(message, by=builders.supervisor())


def test_a_revoked_referral_is_withdrawn_while_nobody_has_agreed() -> None:
    arrive()
    withdrawn = arrive(status="revoked", reason="update", last_updated=LATER)
    assert withdrawn.outcome is Outcome.WITHDRAWN
    assert withdrawn.case is not None
    assert withdrawn.case.stage is Stage.WITHDRAWN
    assert referral_of(withdrawn).withdrawn_because == "revoked"
    again = arrive(status="entered-in-error", reason="delete", last_updated="2026-11-21T01:00:00Z")
    assert again.outcome is Outcome.UNCHANGED


def test_support_that_was_agreed_goes_on_and_the_referral_says_it_was_withdrawn() -> None:
    received = arrive()
    case = received.case
    assert case is not None
    holder = builders.worker()
    actions.decide(case, by=holder, is_eligible=True, worker=holder, reason="fits")
    for stage in (Stage.ATTEMPTING, Stage.APPROACHED, Stage.AGREED):
        cases.move(case, stage, by=holder, reason="", facts=builders.ALL)
    withdrawn = arrive(status="revoked", last_updated=LATER)
    assert withdrawn.outcome is Outcome.WITHDRAWN
    assert case.stage is Stage.AGREED
    referral = referral_of(withdrawn)
    assert referral.withdrawn_at is not None
    assert "the case goes on" in referral.problems[0]["what"]
    (told,) = db.session.scalars(select(InboxItem).where(InboxItem.user_id == holder.id))
    assert told.text == "The sender withdrew the referral of one of your cases."


def test_an_unknown_withdrawal_is_refused_and_creates_nothing() -> None:
    refused = arrive(status="revoked")
    assert refused.outcome is Outcome.REFUSED
    assert refused.problems[0].what == "This withdraws a referral that we never had."
    assert (count(Person), count(Case), count(Referral), count(Message)) == (0, 0, 0, 0)


def test_a_withdrawal_older_than_the_newest_word_changes_nothing() -> None:
    arrive(last_updated=LATER)
    late = arrive(status="revoked", last_updated=EARLIER)
    assert late.outcome is Outcome.UNCHANGED
    assert late.case is not None
    assert late.case.stage is Stage.RECEIVED


def test_a_withdrawn_referral_sent_again_is_a_new_episode_that_waits_for_triage() -> None:
    arrive()
    withdrawn = arrive(status="revoked", last_updated=LATER)
    again = arrive(last_updated="2026-11-21T01:00:00+00:00", complaint="Back again")
    assert again.outcome is Outcome.UPDATED
    assert again.case is not None
    referral = referral_of(again)
    assert referral.withdrawn_at is None
    assert "sent it again" in referral.problems[0]["what"]
    assert referral.case.stage is Stage.RECEIVED
    assert withdrawn.case is not None
    assert referral.case.id != withdrawn.case.id
    assert referral.case.person_id == withdrawn.case.person_id
    assert withdrawn.case.stage is Stage.WITHDRAWN


def test_the_same_verified_person_comes_back_as_a_new_episode() -> None:
    first = arrive()
    assert first.case is not None
    actions.decide(
        first.case,
        by=builders.supervisor(),
        is_eligible=False,
        code=Ineligible.DUPLICATE,
        reason="made for a test",
    )
    second = arrive(request_url=OTHER, sender_code="RX1", postcode="LE9 9AA")
    assert second.outcome is Outcome.CREATED
    assert second.case is not None
    assert second.case.id != first.case.id
    assert second.case.person_id == first.case.person_id
    assert second.case.person.postcode == "LE9 9AA"


def test_what_a_person_wrote_stands_when_another_hospital_says_otherwise() -> None:
    known = builders.person(
        nhs_number="9990000018", born_on=date(2010, 5, 14), postcode="LE2 0AA", last_name="Mine"
    )
    received = arrive(postcode="LE9 9AA")
    assert received.case is not None
    assert received.case.person_id == known.id
    assert (known.postcode, known.last_name) == ("LE2 0AA", "Mine")
    assert {p.where for p in received.problems} >= {"Postcode", "Last name"}
    assert "Jaden Testerton" in [alias.name for alias in people_queries.aliases_of(known)]


def test_a_second_referral_joins_the_open_case() -> None:
    first = arrive()
    second = arrive(request_url=OTHER, sender_code="RX1")
    assert second.reference == first.reference
    assert second.case is not None
    assert len(queries.referrals_of(second.case)) == 2
    assert (count(Case), count(Person), count(Incident)) == (1, 1, 1)


@pytest.mark.parametrize(
    "other", [{"nhs_number": "9990000019"}, {"birth_date": "2010-05-15"}, {"birth_date": "2010"}]
)
def test_nobody_is_taken_for_somebody_known_on_less(other: dict[str, Any]) -> None:
    arrive(**({"nhs_number": "9990000019"} if "nhs_number" in other else {}))
    arrive(request_url=OTHER, **other)
    assert count(Person) == 2


def test_a_refused_file_creates_nothing() -> None:
    for data in (b"", b"%PDF-1.7", b"<Bundle", b"{}", b"\xff\xfe\x00", b"hello"):
        received = receive_message(data, name="file")
        assert received.outcome is Outcome.REFUSED
        assert received.problems[0].what
    assert count(Person) == 0


def test_the_first_message_of_a_new_installation_is_not_turned_away(session: Any) -> None:
    session.delete(builders.team())
    session.flush()
    received = arrive()
    assert received.case is not None
    assert received.case.team.name == "Hospital team"


def test_without_a_team_for_it_a_message_is_refused_in_words(session: Any) -> None:
    builders.team().streams = ["custody"]
    session.flush()
    received = arrive()
    assert received.outcome is Outcome.REFUSED
    assert "No team receives hospital referrals yet" in received.problems[0].what
    assert count(Person) == 0


def test_a_mistake_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("made for a test")

    monkeypatch.setattr("caseflow.intake.messages._keep", broken)
    with pytest.raises(RuntimeError), transaction():
        arrive()
    assert (count(Person), count(Case), count(Referral)) == (0, 0, 0)


def test_no_problem_and_no_audit_row_names_anybody() -> None:
    received = arrive()
    assert received.case is not None
    people.change_person(received.case.person, postcode="LE3 9ZZ", last_name="Corrected")
    update = arrive(reason="update", last_updated=LATER, postcode="LE5 5AA", family="Testertown")
    said = str([*received.as_row()["problems"], *update.as_row()["problems"]])
    said += str([row.facts for row in db.session.scalars(select(AuditRow))])
    assert not re.search(r"Jaden|Testert|LE5|LE3|9990000018|07700", said)


def test_as_row_is_the_contract_of_the_command() -> None:
    row = arrive(position=("-1.1332", "52.63686")).as_row()
    assert list(row) == ["file", "outcome", "reference", "problems"]
    assert row["outcome"] == "created"
    assert {"where", "what"} == set(row["problems"][0])


def test_a_draft_survives_the_database() -> None:
    draft = read(bars_referral(), name="x").draft
    assert isinstance(draft, Draft)
    assert draft_from(plain(draft)) == draft
    receive_message(bars_referral(), name="x")
    (message,) = db.session.scalars(select(Message))
    assert queries.draft_of(message) == draft


def test_rare_text_fits_its_columns() -> None:
    long = "x" * 700
    received = arrive(
        given=(long, "Ø̈", "李"),
        family=long,
        nickname=long,
        address=(long, "Leicester"),
        complaint=long * 10,
        place=long,
        note="Said \N{PILE OF POO} and \N{RIGHT-TO-LEFT OVERRIDE}x",
        parent=(long, long, "07700 900456"),
        hospital_number=long,
        sender_name=long,
    )
    assert received.outcome is Outcome.CREATED


def test_twenty_identical_deliveries_at_once_are_one_referral(app: Flask, session: Any) -> None:
    session.commit()
    data, found, start = bars_referral(), [], threading.Barrier(20)

    def deliver() -> None:
        with app.app_context():
            start.wait()
            with transaction():
                outcome = receive_message(data, name="same.xml").outcome
            found.append(outcome)
            db.session.remove()

    threads = [threading.Thread(target=deliver) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [Outcome.CREATED] + [Outcome.UNCHANGED] * 19
    assert (count(Referral), count(Case), count(Person), count(Message)) == (1, 1, 1, 1)


def test_different_updates_at_once_are_all_kept(app: Flask, session: Any) -> None:
    arrive()
    session.commit()
    start, found = threading.Barrier(6), []

    def deliver(number: int) -> None:
        data = bars_referral(last_updated=f"2026-11-20T23:0{number}:00+00:00", note=f"No {number}")
        with app.app_context():
            start.wait()
            with transaction():
                found.append(receive_message(data, name="update.xml").outcome)
            db.session.remove()

    threads = [threading.Thread(target=deliver, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) <= {Outcome.UPDATED, Outcome.UNCHANGED}
    assert count(Message) == 7


# --- the files of ../shared ---


REQUEST = "urn:uuid:236bb75d-90ef-461f-b71e-fde7f899802c"


@pytest.fixture
def bars(shared_data: Path) -> dict[str, bytes]:
    found = {path.name.split()[0]: path.read_bytes() for path in (shared_data / "bars").glob("*")
             if path.is_file()}  # fmt: skip
    assert found
    return found


def test_each_shared_file_alone_has_its_outcome(shared_data: Path) -> None:
    folders = [shared_data / name for name in ("bars", "not-referrals", "malformed")]
    paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    rows = outcomes.table(paths)
    created = {row["file"].split()[0] for row in rows if row["outcome"] == "created"}
    assert created == {
        *("REFREQ01", "REFREQ03", "REFREQ04", "REFREQ05"),
        *("REFREQ8A", "REFREQ8B", "REFREQ8C", "REFREQ8D"),
    }
    others = [row for row in rows if row["outcome"] != "created"]
    assert {row["outcome"] for row in others} == {"refused"}
    assert all(row["problems"][0]["what"] for row in others)
    assert count(Person) == 0
    assert "created    REFREQ04" in outcomes.as_text(rows)


def test_8a_to_8d_are_one_referral_that_fills_in(bars: dict[str, bytes]) -> None:
    seen = [receive_message(bars[f"REFREQ8{letter}"], name=letter) for letter in "ABCD"]
    assert [one.outcome for one in seen] == ["created", "updated", "updated", "updated"]
    assert len({one.reference for one in seen}) == 1
    assert count(Referral) == 1
    assert count(Person) == 1


def test_refreq04_is_ineligible_by_age_and_its_coordinates_are_swapped(
    bars: dict[str, bytes],
) -> None:
    received = receive_message(bars["REFREQ04"], name="REFREQ04")
    assert received.case is not None
    verdict = queries.verdict_on(received.case)
    assert (verdict.decision, verdict.code) == ("ineligible", "age")
    assert any("swap" in problem.what for problem in received.problems)
    incident = incident_of(received.case)
    assert incident is not None
    incidents.swap_coordinates(incident)
    assert (incident.latitude, incident.longitude) == (53.57896, -2.4757443)


def test_refreq04_of_a_16_year_old_in_leicester_is_eligible(bars: dict[str, bytes]) -> None:
    text = bars["REFREQ04"].decode()
    born = clock.today().replace(year=clock.today().year - 16, day=1)
    text = text.replace("1959-05-04", born.isoformat()).replace("LS10 4YU", "LE2 0AA")
    received = receive_message(text.encode(), name="REFREQ04")
    assert received.case is not None
    verdict = queries.verdict_on(received.case)
    assert verdict.decision == "eligible"
    assert "Reports of a knife on scene" in verdict.in_words
