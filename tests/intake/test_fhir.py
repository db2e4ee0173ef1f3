"""One hospital message to a draft. Everybody here is made up."""

import dataclasses
import json
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caseflow.demo.messages import EXAMPLES, bars_referral, write_examples
from caseflow.incidents.rules import Weapon
from caseflow.intake.codes import IndexReason, SceneSafety
from caseflow.intake.draft import Draft, Kind, Reading
from caseflow.intake.fhir import mapping, read, read_strictly
from caseflow.kernel.nhs_number import Verdict
from caseflow.people.rules import Ethnicity, FlagKind, Relation, Sex

TODAY = date(2026, 11, 23)


def reading(data: bytes) -> Reading:
    return read_strictly(data, name="message.xml", today=TODAY)


def draft(data: bytes | None = None, **told: Any) -> Draft:
    found = reading(data if data is not None else bars_referral(**told)).draft
    assert found is not None
    return found


def problems(**told: Any) -> str:
    return "\n".join(f"{p.where}: {p.what}" for p in reading(bars_referral(**told)).problems)


def changed(change: Any, **told: Any) -> bytes:
    """Our message as JSON, with a change made to its bundle."""
    bundle = json.loads(bars_referral(as_json=True, **told))
    change({e["resource"]["resourceType"]: e["resource"] for e in bundle["entry"]}, bundle)
    return json.dumps(bundle).encode()


# --- the whole message -----------------------------------------------------------------------


def test_a_referral_is_read_whole():
    told = draft()
    assert reading(bars_referral()).kind is Kind.REFERRAL_NEW
    assert reading(bars_referral()).problems == ()
    assert (told.sender.code, told.sender.name) == (
        "RWE",
        "University Hospitals of Leicester NHS Trust",
    )
    assert told.last_updated == datetime(2026, 11, 20, 22, 5, tzinfo=UTC)
    assert told.main_name is not None
    assert (told.main_name.first, told.main_name.family) == ("Jaden", "Testerton")
    assert told.known_as == "Jay"
    assert str(told.birth_date) == "2010-05-14"
    assert told.nhs_number is not None and told.nhs_number.is_identity
    assert [i.value for i in told.local_ids] == ["S1234567"]
    assert told.sex is Sex.MALE
    assert told.ethnicity is not None and told.ethnicity.group is Ethnicity.BLACK_OTHER
    assert [a.one_line for a in told.addresses] == ["1 Example Street, Leicester, LE2 0AA"]
    assert [p.number.e164 for p in told.phones] == ["+447700900123"]
    assert [e.address for e in told.emails] == ["jay@example.org"]
    assert told.gp is not None and told.gp.code == "C00000"
    assert (told.referrer.name, told.referrer.role) == ("Nadia Examplewell", "Registered nurse")
    assert told.referrer.phone is not None and told.referrer.phone.e164 == "+441164960999"
    assert told.attendance.arrived_at == datetime(2026, 11, 20, 20, 40, tzinfo=UTC)
    assert told.priority == "urgent"
    assert "Knife wound to the left thigh" in told.presenting_complaints
    assert told.scene_safety is SceneSafety.UNSAFE
    assert [f.kind for f in told.safeguarding] == [FlagKind.CHILD_PROTECTION]
    assert told.incident.at == datetime(2026, 11, 20, 20, 10, tzinfo=UTC)
    assert (told.incident.place, told.incident.offered) == ("Example Park", None)


def test_json_says_the_same_as_xml():
    assert draft() == draft(as_json=True)


def test_identity_is_the_sender_and_the_request_never_an_id():
    url = "urn:uuid:ABCDEF00-0000-4000-8000-000000000001"
    assert draft(request_url=url).identity == ("RWE", url.lower())
    other_ids = changed(lambda _, bundle: bundle.update(id="another"))
    assert draft(other_ids).identity == draft().identity


def test_the_same_person_sent_by_two_hospitals_is_two_identities():
    assert draft(sender_code="RX1").identity != draft().identity


def test_a_sender_without_a_code_goes_by_its_name_and_it_is_said():
    assert draft(sender_code=None).sender_key.startswith("name:university hospitals")
    assert "carries no ODS code" in problems(sender_code=None)
    nobody = draft(sender_code=None, sender_name=None)
    assert nobody.sender_key == "name:emergency department"


def test_each_kind_is_told_by_reason_and_status():
    assert reading(bars_referral(reason="update")).kind is Kind.REFERRAL_UPDATE
    assert reading(bars_referral(status="revoked")).kind is Kind.WITHDRAWAL
    assert (
        reading(bars_referral(status="entered-in-error", reason="delete")).kind is Kind.WITHDRAWAL
    )
    assert reading(bars_referral(status="revoked", category="validation")).kind is Kind.WITHDRAWAL
    assert reading(bars_referral(reason=None)).kind is Kind.REFERRAL_NEW
    assert "does not say new or update" in problems(reason=None)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"event": "servicerequest-response"}, "response"),
        ({"event": "booking-request"}, "booking-request"),
        ({"category": "validation"}, "validate"),
    ],
)
def test_other_messages_are_refused_with_a_reason(told, reason):
    found = reading(bars_referral(**told))
    assert found.is_refused
    assert found.draft is None
    assert reason in found.reason
    assert found.summary() == f"message.xml: refused: {found.reason}"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"resourceType": "Patient"}', "a single Patient"),
        (b'{"resourceType": "Bundle", "type": "searchset"}', "searchset bundle"),
        (b'{"resourceType": "Bundle", "type": "message"}', "no MessageHeader"),
        (b'{"a": 1}', "JSON but not FHIR"),
        (b"<feed><entry/></feed>", "XML but not FHIR"),
        (b'<Bundle xmlns="urn:somebody-else"/>', "XML but not FHIR"),
        (b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>', "CDA"),
        (b'<Flag xmlns="http://hl7.org/fhir"/>', "a single Flag"),
    ],
)
def test_what_is_no_message_is_refused(data, reason):
    assert reason in reading(data).reason


def test_a_header_that_leads_to_no_request_is_refused():
    def without_request(held, bundle):
        bundle["entry"] = [
            e for e in bundle["entry"] if e["resource"]["resourceType"] != "ServiceRequest"
        ]

    assert "no service request" in reading(changed(without_request)).reason


def test_a_message_wrapped_in_parameters_is_read():
    inner = json.loads(bars_referral(as_json=True))
    outer = {
        "resourceType": "Parameters",
        "parameter": [{"name": "content", "resource": inner}],
    }
    assert draft(json.dumps(outer).encode()) == draft()


def test_a_summary_names_no_person():
    line = reading(bars_referral()).summary()
    assert line.startswith("message.xml: new referral from RWE, urn:uuid:")
    assert not re.search("Jaden|Testerton|999000", line)


# --- the person ------------------------------------------------------------------------------


@pytest.mark.parametrize("birth_date", ["2010", "2010-05", "2010-05-14"])
def test_a_birth_date_may_be_partial(birth_date):
    assert str(draft(birth_date=birth_date).birth_date) == birth_date
    assert problems(birth_date=birth_date) == ""


@pytest.mark.parametrize(
    ("birth_date", "why"),
    [
        ("2010-13-01", "there is no month 13"),
        ("2010-02-30", "there is no day 30 in February 2010"),
        ("2027-01-01", "in the future"),
        ("0210-05-14", "cannot be a year of birth"),
        ("05/04/2010", "day/month or month/day"),
        ("about 16", "not a date in the form"),
    ],
)
def test_a_birth_date_that_cannot_be_is_a_problem_and_kept_as_text(birth_date, why):
    told = draft(birth_date=birth_date)
    assert told.birth_date is None
    assert told.birth_date_text == birth_date
    assert why in problems(birth_date=birth_date)
    assert "Patient.birthDate (line " in problems(birth_date=birth_date)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("14/05/2010", "2010-05-14"),
        ("05.05.2010", "2010-05-05"),
        ("20100514", "2010-05-14"),
        ("2010-05-14T00:00:00Z", "2010-05-14"),
        ("2010-05-13T23:00:00Z", "2010-05-14"),
    ],
)
def test_a_birth_date_in_another_form_is_read_where_it_can_mean_one_day(written, read_as):
    assert str(draft(birth_date=written).birth_date) == read_as


@pytest.mark.parametrize(
    ("number", "verdict", "why"),
    [
        ("9990000019", Verdict.FAILS_CHECK, "fails its check digit"),
        ("9999999999", Verdict.PLACEHOLDER, "one digit repeated"),
        ("999000001", Verdict.NOT_TEN_DIGITS, "not ten digits"),
    ],
)
def test_a_doubtful_nhs_number_is_kept_and_flagged(number, verdict, why):
    told = draft(nhs_number=number)
    assert told.nhs_number is not None
    assert (told.nhs_number.text, told.nhs_number.verdict) == (number, verdict)
    assert not told.nhs_number.is_identity
    assert why in problems(nhs_number=number)


def test_phones_are_found_on_the_patient_and_under_oneself():
    for under_contact in (True, False):
        told = draft(phones=["07700 900123", "0116 496 0123"], phones_under_contact=under_contact)
        assert [p.number.e164 for p in told.phones] == ["+447700900123", "+441164960123"]
        assert {p.whose for p in told.phones} == {"self"}


def test_a_parents_number_is_never_the_young_persons():
    told = draft(phones=[], email=None)
    assert told.phones == ()
    (mother,) = told.related
    assert (mother.relation, mother.sender_word) == (Relation.PARENT, "mother")
    assert mother.name is not None and mother.name.full == "Marcia Testerton"
    assert [p.number.e164 for p in mother.phones] == ["+447700900456"]


def test_numbers_that_say_nobody_are_kept_and_marked():
    def without_relationship(held, bundle):
        del held["Patient"]["contact"][0]["relationship"]

    data = changed(without_relationship)
    assert [p.whose for p in draft(data).phones] == ["not_stated"]
    assert "does not say whose" in str(reading(data).problems)


def test_a_number_that_cannot_be_dialled_is_kept_and_said():
    assert [p.number.text for p in draft(phones=["0770 090"]).phones] == ["0770 090"]
    assert "kept as written" in problems(phones=["0770 090"])


def test_names_in_any_script_are_kept_composed():
    told = draft(given=["Zoe\u0308", "محمد"], family="李\u0000".strip("\u0000"))
    assert told.main_name is not None
    assert told.main_name.given == ("Zo\u00eb", "محمد")
    assert told.main_name.family == "李"


def test_a_name_in_one_text_is_split_after_its_title():
    def one_text(held, bundle):
        held["Patient"]["name"] = [{"text": "Mr Jaden Example Testerton"}]

    name = draft(changed(one_text)).main_name
    assert name is not None
    assert (name.given, name.family) == (("Jaden", "Example"), "Testerton")


@pytest.mark.parametrize("given", ["Unknown", "Trauma", "UNIDENTIFIED"])
def test_somebody_unknown_is_not_given_a_name(given):
    told = draft(given=[given], family="X", nickname=None)
    assert told.is_unidentified
    assert told.main_name is not None and told.main_name.full == f"{given} X"


def test_a_message_without_a_patient_is_still_a_referral():
    def without_patient(held, bundle):
        bundle["entry"] = [e for e in bundle["entry"] if e["resource"]["resourceType"] != "Patient"]

    found = reading(changed(without_patient))
    assert found.kind is Kind.REFERRAL_NEW
    assert found.draft is not None and found.draft.is_unidentified
    assert "carries no patient" in str(found.problems)


@pytest.mark.parametrize(
    ("code", "label", "group"),
    [
        ("A", "British", Ethnicity.WHITE_BRITISH),
        ("L", "Any other Asian background", Ethnicity.ASIAN_OTHER),
        ("C", "Any other White background", Ethnicity.WHITE_OTHER),
        ("C", "Roma", Ethnicity.WHITE_ROMA),
        ("S", "Arab", Ethnicity.ARAB),
        ("CN", "Gypsy/Romany", Ethnicity.WHITE_TRAVELLER),
        ("PA", "Somali", Ethnicity.BLACK_OTHER),
        ("Z", "Not stated", Ethnicity.NOT_STATED),
        ("99", "Not known", None),
    ],
)
def test_ethnicity_maps_to_the_19_groups_and_keeps_the_senders_word(code, label, group):
    found = draft(ethnicity=(code, label)).ethnicity
    assert found is not None
    assert (found.group, found.sender_label) == (group, label)


def test_an_interpreter_is_noticed():
    assert draft(interpreter=True, language=("so", "Somali")).interpreter_needed is True
    assert draft().interpreter_needed is None


# --- what happened ---------------------------------------------------------------------------


def test_swapped_coordinates_are_noticed_and_the_swap_only_offered():
    told = draft(position=("-1.13320", "52.63686"))
    assert (told.incident.latitude, told.incident.longitude) == (-1.1332, 52.63686)
    assert told.incident.offered == (52.63686, -1.1332)
    assert "-1.1332" in problems(position=("-1.13320", "52.63686"))
    assert "swap" in problems(position=("-1.13320", "52.63686"))


def test_coordinates_abroad_either_way_are_only_said():
    assert draft(position=("10.0", "99.0")).incident.offered is None
    assert "outside the United Kingdom" in problems(position=("10.0", "99.0"))


def test_a_knife_in_a_note_is_a_hint():
    told = draft(reason_code=None, complaint="Choking", note="Reports of a knife on scene")
    assert [(r.reason, r.basis) for r in told.reasons] == [(IndexReason.WEAPON_CARRYING, "words")]
    assert [w.weapon for w in told.weapons] == [Weapon.OTHER_KNIFE]
    assert told.weapons[0].evidence == "Reports of a knife on scene"


def test_a_coded_reason_comes_before_words():
    (found,) = draft().reasons
    assert (found.reason, found.basis) == (IndexReason.ASSAULT_SHARP, "code")


@pytest.mark.parametrize(
    "note",
    [
        "No knife seen. Scene was safe.",
        "Denies any assault",
        "There was no weapon and nobody was stabbed",
        "Shut any dogs away; heart attack ruled out; stabbing pain in chest; give a glass of water",
        "Observation: arrested (qualifier value)",
    ],
)
def test_what_is_denied_or_means_something_else_is_no_hint(note):
    told = draft(reason_code=None, complaint=None, safeguarding=None, note=note)
    assert told.reasons == ()
    assert told.weapons == ()


@pytest.mark.parametrize(
    ("note", "reason", "weapon"),
    [
        ("Stabbed in the back by a stranger", IndexReason.ASSAULT_SHARP, Weapon.UNKNOWN),
        ("knife wound to arm", IndexReason.ASSAULT_SHARP, Weapon.OTHER_KNIFE),
        ("gunshot to leg", IndexReason.ASSAULT_GUN, Weapon.GUN),
        ("hit with a baseball bat", IndexReason.ASSAULT_BLUNT, Weapon.BLUNT),
        ("punched and kicked", IndexReason.ASSAULT_BODY, Weapon.BODY),
        ("acid thrown in face", IndexReason.ASSAULT_CORROSIVE, Weapon.ACID),
        ("mugged for phone", IndexReason.ROBBERY, None),
        ("possible county lines", IndexReason.EXPLOITATION, None),
    ],
)
def test_words_suggest_a_reason_and_a_weapon(note, reason, weapon):
    told = draft(reason_code=None, complaint=None, safeguarding=None, note=note)
    assert reason in {r.reason for r in told.reasons}
    assert weapon is None or weapon in {w.weapon for w in told.weapons}


def test_no_safeguarding_issue_is_not_a_safeguarding_flag():
    flag = ("861931000000100", "No safeguarding issues identified (finding)")
    told = draft(safeguarding=flag)
    assert told.safeguarding == ()
    assert [f.label for f in told.other_flags] == [flag[1]]


def test_an_impossible_time_is_a_problem_where_it_stands_and_its_words_are_kept():
    told = draft(arrived_at="2026-11-31T20:40:00+00:00")
    assert told.attendance.arrived_at is None
    assert "Encounter.period.start" in problems(arrived_at="2026-11-31T20:40:00+00:00")
    assert any("2026-11-31" in said.text for said in told.sender_said)


def test_a_time_without_a_zone_is_uk_time_and_said():
    told = draft(last_updated="2026-07-01T12:00:00")
    assert told.last_updated == datetime(2026, 7, 1, 11, 0, tzinfo=UTC)
    assert "no time zone" in problems(last_updated="2026-07-01T12:00:00")


def test_a_missing_order_is_said():
    assert draft(last_updated=None).last_updated is None
    assert "ordered by arrival" in problems(last_updated=None)


def test_an_update_is_ordered_to_the_fraction_of_a_second():
    early = draft(last_updated="2026-11-20T22:05:02.8185338+00:00").last_updated
    late = draft(last_updated="2026-11-20T23:05:02.8285338+01:00").last_updated
    assert early is not None and late is not None
    assert early < late


# --- nothing is lost, leniently ---------------------------------------------------------------


def test_what_has_no_field_is_kept_under_its_place():
    def more(held, bundle):
        held["Patient"]["maritalStatus"] = {"text": "Never married"}
        bundle["entry"].append(
            {
                "resource": {
                    "resourceType": "QuestionnaireResponse",
                    "item": [
                        {
                            "linkId": "1",
                            "text": "Who is at home?",
                            "answer": [{"valueString": "Mother and two brothers"}],
                        }
                    ],
                }
            }
        )

    said = {(s.where, s.text) for s in draft(changed(more)).sender_said}
    assert ("Patient · maritalStatus", "Never married") in said
    assert ("QuestionnaireResponse · Who is at home?", "Mother and two brothers") in said
    assert any(where == "Communication · Nursing note" for where, _ in said)


def test_an_attachment_is_said_not_to_be_read():
    def attach(held, bundle):
        content = [{"attachment": {"contentType": "application/pdf", "data": "JVBERi0="}}]
        resource = {"resourceType": "DocumentReference", "content": content}
        bundle["entry"].append({"resource": resource})

    found = reading(changed(attach))
    assert "an attachment was sent" in str(found.problems)


def test_references_resolve_by_address_by_type_and_by_id():
    def relative(held, bundle):
        for entry in bundle["entry"]:
            kind = entry["resource"]["resourceType"]
            entry["fullUrl"] = f"https://hospital.example.org/fhir/{kind}/1"
            entry["resource"]["id"] = "1"
        held["MessageHeader"]["focus"] = [{"reference": "ServiceRequest/1"}]
        held["ServiceRequest"]["subject"] = {"reference": "Patient/1/_history/2"}
        held["ServiceRequest"]["requester"] = {"reference": "Practitioner/1"}

    told = draft(changed(relative))
    assert told.request_url == "https://hospital.example.org/fhir/ServiceRequest/1"
    assert told.main_name is not None and told.main_name.family == "Testerton"
    assert told.referrer.name == "Nadia Examplewell"


def test_contained_resources_are_followed():
    def contain(held, bundle):
        nurse = {"resourceType": "Practitioner", "id": "n", "name": [{"text": "Sister Made Up"}]}
        held["ServiceRequest"]["contained"] = [nurse]
        held["ServiceRequest"]["requester"] = {"reference": "#n"}

    assert draft(changed(contain)).referrer.name == "Sister Made Up"


def test_another_patients_resources_are_not_this_ones():
    def second(held, bundle):
        bundle["entry"] += [
            {"fullUrl": "urn:uuid:other", "resource": {"resourceType": "Patient"}},
            {
                "resource": {
                    "resourceType": "Condition",
                    "category": [{"coding": [{"code": "33962009"}]}],
                    "code": {"text": "Somebody else's broken arm"},
                    "subject": {"reference": "urn:uuid:other"},
                }
            },
        ]

    told = draft(changed(second))
    assert "Somebody else's broken arm" not in told.presenting_complaints
    assert told.main_name is not None and told.main_name.family == "Testerton"


def test_an_stu3_referral_request_is_read():
    def older(held, bundle):
        header, request = held["MessageHeader"], held["ServiceRequest"]
        header["event"] = {"code": "referral"}
        header.pop("eventCoding")
        request["resourceType"] = "ReferralRequest"
        request["context"] = request.pop("encounter")
        request["requester"] = {"agent": request["requester"]}
        request["recipient"] = request.pop("performer")

    told = draft(changed(older))
    assert told.referrer.name == "Nadia Examplewell"
    assert told.attendance.number == "ED-1"


def as_stu3(held: dict[str, Any], bundle: dict[str, Any]) -> None:
    """The same message as a Care Connect STU3 sender writes it."""
    header, request = held["MessageHeader"], held["ServiceRequest"]
    header["event"] = header.pop("eventCoding") | {"code": "referral"}
    header["receiver"] = header.pop("destination")[0]["receiver"]
    header["timestamp"] = bundle.pop("timestamp")
    bundle.pop("meta")
    request["resourceType"] = "ReferralRequest"
    request["context"] = request.pop("encounter")
    request["requester"] = {"agent": request["requester"]}
    request["recipient"] = request.pop("performer")
    request.pop("category")
    held["Condition"]["context"] = held["Condition"].pop("encounter", None)
    text = json.dumps(bundle)
    for new, old in (("Extension-UKCore-", "Extension-CareConnect-"),
                     ("EthnicCategory", "EthnicCategory-1")):  # fmt: skip
        text = text.replace(new, old)
    bundle.clear()
    bundle.update(json.loads(text))


def test_an_stu3_message_says_the_same_as_an_r4_one():
    older, newer = draft(changed(as_stu3)), draft()
    differ = {
        field.name
        for field in dataclasses.fields(Draft)
        if getattr(older, field.name) != getattr(newer, field.name)
    }
    assert differ <= {"category", "sender_said", "reasons", "weapons"}
    assert [(r.reason, r.basis) for r in older.reasons] == [
        (r.reason, r.basis) for r in newer.reasons
    ]
    assert [w.weapon for w in older.weapons] == [w.weapon for w in newer.weapons]
    assert older.last_updated == newer.last_updated
    assert "ordered by timestamp" in str(reading(changed(as_stu3)).problems)


def test_what_older_senders_say_elsewhere_is_found_there():
    def older(held, bundle):
        as_stu3(held, bundle)
        resources = {e["resource"]["resourceType"]: e["resource"] for e in bundle["entry"]}
        request, encounter = resources["ReferralRequest"], resources["Encounter"]
        request.pop("reasonCode")
        request["reason"] = {"text": "Assaulted with a bottle"}
        request["description"] = "Would like to talk to somebody"
        request["dateSent"] = request.pop("authoredOn")
        encounter["reason"] = [{"text": "Head injury"}]
        patient = resources["Patient"]
        patient["careProvider"] = patient.pop("generalPractitioner")
        bundle["entry"] = [
            e for e in bundle["entry"] if e["resource"]["resourceType"] != "Condition"
        ]

    told = draft(changed(older))
    assert told.presenting_complaints == ("Assaulted with a bottle", "Head injury")
    assert told.authored_on == draft().authored_on
    assert told.gp is not None and told.gp.name == "Example Surgery"
    assert "Would like to talk" in str(told.sender_said)


def test_on_whose_behalf_an_stu3_requester_asks_is_kept():
    def older(held, bundle):
        as_stu3(held, bundle)
        request = next(e["resource"] for e in bundle["entry"] if "requester" in e["resource"])
        nurse = request["requester"]["agent"]
        request["requester"] = {
            "agent": {"display": "A nurse"},
            "onBehalfOf": bundle["entry"][0]["resource"]["sender"],
        }
        assert nurse

    told = draft(changed(older))
    assert told.referrer.name == "A nurse"
    assert told.referrer.organisation.code == "RWE"


def test_every_piece_may_be_missing_or_of_another_shape():
    whole = json.loads(bars_referral(as_json=True))
    for entry in whole["entry"]:
        for key in list(entry["resource"]):
            for wrong in (None, [], {}, "x", [["x"], {"y": {"z": 1}}], 5, True):
                held = entry["resource"][key]
                entry["resource"][key] = wrong
                reading(json.dumps(whole).encode())
                entry["resource"][key] = held


def test_each_field_of_the_draft_is_in_the_mapping_once():
    mapped = [field for field, _, _ in mapping()]
    assert sorted(mapped) == sorted(field.name for field in dataclasses.fields(Draft))


def test_the_shipped_examples_are_what_the_builder_writes(tmp_path):
    write_examples(tmp_path)
    for example in sorted(tmp_path.iterdir()):
        assert (EXAMPLES / example.name).read_bytes() == example.read_bytes()
        assert reading(example.read_bytes()).draft is not None


# --- whatever the bytes ----------------------------------------------------------------------

SEEDS = [bars_referral(), bars_referral(as_json=True), bars_referral(position=("-1.1", "52.6"))]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        piece = draw(st.one_of(st.binary(max_size=8), st.text(max_size=6).map(str.encode)))
        data[start : start + draw(st.integers(0, 40))] = piece
    return bytes(data)


def json_trees() -> st.SearchStrategy[Any]:
    words = st.sampled_from(
        [
            "resourceType",
            "entry",
            "resource",
            "MessageHeader",
            "ServiceRequest",
            "Patient",
            "name",
            "given",
            "text",
            "value",
            "focus",
            "reference",
            "subject",
            "status",
            "code",
            "coding",
            "extension",
            "url",
            "period",
            "start",
            "identifier",
            "system",
            "telecom",
            "contact",
            "item",
            "answer",
            "contained",
            "position",
            "latitude",
            "birthDate",
            "data",
            "contentType",
        ]
    )
    leaf = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=8), words)
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=6)
        ),
        max_leaves=40,
    )


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_a_mutated_message_is_read_or_refused(data):
    assert reading(data).summary()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    assert reading(data).is_refused


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(json_trees(), max_size=4), json_trees(), json_trees())
def test_any_tree_in_the_shape_of_a_message_is_read_or_refused(extra, patient, request):
    bundle = json.loads(bars_referral(as_json=True))
    by_kind = {e["resource"]["resourceType"]: e["resource"] for e in bundle["entry"]}
    for kind, tree in (("Patient", patient), ("ServiceRequest", request)):
        if isinstance(tree, dict):
            by_kind[kind].update({k: v for k, v in tree.items() if k != "resourceType"})
    bundle["entry"] += extra
    assert reading(json.dumps(bundle).encode()).summary()


def test_a_fault_of_ours_is_a_refusal_that_says_so():
    found = read(None, name="x.xml")  # type: ignore[arg-type]
    assert found.is_refused
    assert found.fault == "TypeError"
    assert "the fault is ours" in found.reason
