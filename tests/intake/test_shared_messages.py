"""The real example messages, one row a file: what each must come to."""

import dataclasses
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caseflow.incidents.rules import Weapon
from caseflow.intake.codes import SceneSafety
from caseflow.intake.draft import Draft, Kind, Reading
from caseflow.intake.fhir import read_strictly
from caseflow.intake.message import word_kind
from caseflow.intake.reading import read_tree
from caseflow.intake.tree import Node, Text, clean
from caseflow.kernel.nhs_number import Verdict

NEW, UPDATE, WITHDRAWAL, REFUSED = (
    Kind.REFERRAL_NEW,
    Kind.REFERRAL_UPDATE,
    Kind.WITHDRAWAL,
    Kind.REFUSED,
)
OUTCOMES = [
    ("bars/REFREQ01*", NEW, ""),
    ("bars/REFREQ03*", NEW, ""),
    ("bars/REFREQ04*", NEW, ""),
    ("bars/REFREQ05*", NEW, ""),
    ("bars/REFREQ8A*", NEW, ""),
    ("bars/REFREQ8B*", UPDATE, ""),
    ("bars/REFREQ8C*", UPDATE, ""),
    ("bars/REFREQ8D*", UPDATE, ""),
    ("bars/SERVREQ01*", WITHDRAWAL, ""),
    ("bars/SERVREQ02*", WITHDRAWAL, ""),
    ("bars/REFRESP01*", REFUSED, "This is a response"),
    ("bars/ValidationResponse*", REFUSED, "This is a response"),
    ("bars/VALREQ01*", REFUSED, "validate a call"),
    ("bars/ValidationRequest*", REFUSED, "validate a call"),
    ("bars/FLA06*", REFUSED, "a single Flag"),
    ("bars/Location*", REFUSED, "a single Location"),
    ("not-referrals/Bundle-WGS*", REFUSED, "transaction bundle"),
    ("not-referrals/Pathology*CRP*", REFUSED, "Pathology report"),
    ("not-referrals/Pathology*FBC*", REFUSED, "Pathology report"),
    ("not-referrals/Pathology*HPV*", REFUSED, "Pathology report"),
    ("malformed/A002*", REFUSED, "Line 4: not well-formed JSON"),
    ("malformed/A008*", REFUSED, "Line 77: not well-formed JSON"),
    ("malformed/document-reference*", REFUSED, "Line 12: “type” is given twice"),
    ("malformed/month-13*", REFUSED, "HL7 v2"),
    ("hl7v2/03*", REFUSED, "HL7 v2 (ADT A01)"),
    ("codelists/ethnicity*", REFUSED, "Neither XML nor JSON"),
]


def the_file(shared_data: Path, pattern: str) -> Path:
    (found,) = shared_data.glob(pattern)
    return found


def read_file(shared_data: Path, pattern: str) -> Reading:
    path = the_file(shared_data, pattern)
    return read_strictly(path.read_bytes(), name=path.name, today=date(2026, 11, 23))


def draft_of(shared_data: Path, pattern: str) -> Draft:
    found = read_file(shared_data, pattern).draft
    assert found is not None
    return found


@pytest.mark.parametrize(("pattern", "kind", "reason"), OUTCOMES)
def test_each_file_comes_to_what_it_is(shared_data, pattern, kind, reason):
    found = read_file(shared_data, pattern)
    assert found.kind is kind
    assert reason in found.reason


def test_every_referral_shared_has_a_row(shared_data):
    named = {the_file(shared_data, pattern) for pattern, _, _ in OUTCOMES}
    for folder in ("bars", "not-referrals", "malformed"):
        files = {f for f in (shared_data / folder).iterdir() if f.is_file()}
        assert files - named == {shared_data / folder / "SOURCE.txt"}


def test_a_knife_on_scene_is_read_in_full(shared_data):
    told = draft_of(shared_data, "bars/REFREQ04*")
    assert told.identity == ("RND", "urn:uuid:236bb75d-90ef-461f-b71e-fde7f899802c")
    assert told.last_updated == datetime(2023, 12, 26, 15, 0, 0, 818533, UTC)
    assert told.main_name is not None and told.main_name.full == "Julie Jones"
    assert str(told.birth_date) == "1959-05-04"
    assert told.nhs_number is not None and told.nhs_number.verdict is Verdict.FAILS_CHECK
    assert [p.number.e164 for p in told.phones] == ["+441138698975", "+447736312544"]
    assert [e.address for e in told.emails] == ["jjones@hotmail.co.uk"]
    assert [p.number.e164 for r in told.related for p in r.phones] == ["+447891234567"]
    assert told.addresses[0].postcode == "LS10 4YU"
    assert told.gp is not None and told.gp.code == "G82080"
    assert told.urgency is not None and told.urgency.code == "C3"
    assert told.presenting_complaints == ("Choking",)
    assert told.scene_safety is SceneSafety.UNSAFE
    assert [w.weapon for w in told.weapons] == [Weapon.OTHER_KNIFE]
    assert told.incident.address is not None and told.incident.address.postcode == "BL1 5DD"
    assert told.incident.offered == (53.57896, -2.4757443)


def test_no_weapon_is_read_into_the_files_without_one(shared_data):
    for pattern in ("REFREQ01*", "REFREQ03*", "REFREQ05*", "REFREQ8[ABCD]*"):
        for path in shared_data.glob(f"bars/{pattern}"):
            told = draft_of(shared_data, f"bars/{path.name[:8]}*")
            assert (told.weapons, told.reasons) == ((), ()), path.name


def test_a_sequence_is_one_referral_in_order_that_fills_in(shared_data):
    told = [draft_of(shared_data, f"bars/REFREQ8{part}*") for part in "ABCD"]
    assert len({draft.identity for draft in told}) == 1
    times = [draft.last_updated for draft in told]
    assert None not in times
    assert times == sorted(t for t in times if t) and len(set(times)) == 4
    assert [bool(draft.names) for draft in told] == [False, True, True, True]
    assert [len(draft.phones) for draft in told] == [0, 0, 2, 2]
    assert [draft.nhs_number is not None for draft in told] == [False, False, True, True]


def test_numbers_without_a_relationship_are_kept_and_asked_about(shared_data):
    found = read_file(shared_data, "bars/SERVREQ01*")
    assert found.draft is not None
    assert {p.whose for p in found.draft.phones} == {"not_stated"}
    assert any("does not say whose" in problem.what for problem in found.problems)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_a_mutated_real_message_is_read_or_refused(shared_data, data):
    files = sorted(f for f in (shared_data / "bars").iterdir() if f.is_file())
    mutant = bytearray(data.draw(st.sampled_from(files)).read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(mutant)))
        piece = data.draw(st.text(max_size=6)).encode()
        mutant[start : start + data.draw(st.integers(0, 60))] = piece
    found = read_strictly(bytes(mutant), name="mutant", today=date(2026, 11, 23))
    assert found.summary()


def test_no_word_of_a_real_message_is_lost(shared_data):
    for path in shared_data.glob("bars/*REQ*.xml"):
        found = read_strictly(path.read_bytes(), name=path.name, today=date(2026, 11, 23))
        if found.draft is not None:
            kept = str(dataclasses.asdict(found.draft))
            told = words_in(path.read_bytes())
            lost = [word for word in told if word not in kept and word not in FIELDS_SAY_IT]
            assert lost == [], path.name


def words_in(data: bytes) -> list[str]:
    """What a person would call said: not addresses, codes' systems, ids, states or time stamps."""
    found: list[str] = []

    def walk(node: Node) -> None:
        for key, held in node.items():
            for value in held:
                if isinstance(value, dict) and word_kind(value) not in ("Questionnaire",):
                    walk(value)
                elif isinstance(value, Text) and key in SAID:
                    found.append(repr(clean(value))[1:-1])

    walk(read_tree(data))
    return found


SAID = frozenset(
    {"value", "display", "description", "family", "given", "line", "city", "postalCode",
     "contentString", "valueString", "name", "district", "patientInstruction", "birthDate"}
)  # fmt: skip
# The scene's safety and the presenting complaint are fields; these are only their headings.
FIELDS_SAY_IT = frozenset(
    {"Presenting complaint", "Scene Safety", "The Scene is safe", "The Scene is unsafe", "Unknown"}
)
