"""Young people who have just reached us, or whom somebody is trying to reach."""

from collections.abc import Iterator

from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Facts, Stage
from caseflow.cases.models import Case
from caseflow.contacts.rules import Mode, Outcome, Purpose
from caseflow.demo.messages import bars_referral
from caseflow.demo.names import SCRIPTED, mobile, nhs_number
from caseflow.demo.steps import FIRST_TALK, contact, move, no_answer, safety_plan
from caseflow.demo.teller import Teller, expect, reach
from caseflow.incidents.rules import Injury, Knife, PlaceKind, TimePrecision, Weapon
from caseflow.intake import actions as intake
from caseflow.intake.codes import IndexReason
from caseflow.intake.eligibility import Ineligible
from caseflow.intake.rules import Source, Urgency
from caseflow.people import actions as people
from caseflow.people.rules import BornPrecision, FlagKind, FlagLevel, FlagSource, Relation, Safe

Told = Iterator[tuple[str, Case]]


def hospital_message_today(t: Teller) -> Told:
    """Arrives by the hospital's own system, and is still on the ward."""
    (first, last), stamp = SCRIPTED["hospital-message-today"], "%Y-%m-%dT%H:%M:%S+00:00"
    message = bars_referral(
        request_url="urn:uuid:5e1f0a52-9a6e-4a3c-8a2b-0c1d2e3f4a01",
        last_updated=t.hours_ago(0.7).strftime(stamp),
        arrived_at=t.hours_ago(2.2).strftime(stamp),
        happened_at=t.hours_ago(2.9).strftime(stamp),
        given=(first,),
        family=last,
        birth_date=t.born(16, days_past=190).isoformat(),
        nhs_number=nhs_number(1),
        parent=("Marcia", last, mobile(456)),
    )
    with t.at(t.hours_ago(0.6)):
        received = intake.receive_message(message, name="hospital-message.xml")
    yield "hospital-message-today", expect(received.case)


def withdrawn_by_sender(t: Teller) -> Told:
    """The hospital sends a referral, and two hours later takes it back."""
    first, last = SCRIPTED["withdrawn-by-sender"]
    sent, taken_back = t.ago(9, "16:10"), t.ago(9, "18:15")
    for moment, status in ((sent, "active"), (taken_back, "revoked")):
        message = bars_referral(
            request_url="urn:uuid:5e1f0a52-9a6e-4a3c-8a2b-0c1d2e3f4a02",
            reason="new" if status == "active" else "update",
            status=status,
            last_updated=moment.isoformat(),
            arrived_at=t.ago(9, "14:40").isoformat(),
            happened_at=t.ago(9, "13:50").isoformat(),
            given=(first,),
            family=last,
            birth_date=t.born(19).isoformat(),
            nhs_number=nhs_number(2),
            email=None,
            parent=None,
            complaint="Fall from a bicycle; first thought to be an assault",
            reason_code=None,
            note=None,
            scene=None,
            safeguarding=None,
        )
        with t.at(moment):
            received = intake.receive_message(message, name="hospital-message.xml")
    yield "withdrawn-by-sender", expect(received.case)


def unknown_identity(t: Teller) -> Told:
    """In theatre, unconscious, no name: what the ward wrote stands in for one."""
    case = t.refer(
        t.hours_ago(7),
        "unknown-identity",
        by="priya",
        source=Source.TRAUMA_WARD,
        person={
            "label": "Trauma X",
            "born_on": t.born(17),
            "born_precision": BornPrecision.ESTIMATED,
        },
        incident={
            "weapon": Weapon.OTHER_KNIFE,
            "knife": Knife.YES,
            "injury": Injury.THEATRE,
            "place_kind": PlaceKind.STREET,
            "district": "E06000016",
            "happened_at": t.hours_ago(8),
            "precision": TimePrecision.HOUR,
        },
        attended_at=t.hours_ago(7.5),
        site="Made-up Royal Infirmary",
        ward="Ward 99, bed 4",
        is_still_there=Safe.YES,
        urgency=Urgency.NOW,
        referrer_name="Nadia Examplewell",
        referrer_role="Trauma nurse",
        referrer_phone="0116 496 0999",
        reason="Stab wound to the chest. No name, no phone. About 17.",
        police_involved=Safe.YES,
    )
    t.triage(t.hours_ago(6.5), case, worker="amara", reason="Plainly violence. Age by looks.")
    with t.at(t.hours_ago(6.4), t.cast["amara"]) as amara:
        people.set_flag(
            case.person,
            by=amara,
            kind=FlagKind.KNOWN_CONFLICT,
            level=FlagLevel.DANGER,
            source=FlagSource.PROFESSIONAL,
            detail="Ward says others came asking. No visitors without the nurse in charge.",
        )
    yield "unknown-identity", case


def waiting_for_details(t: Teller) -> Told:
    """The rules cannot tell yet: no address, and nobody says what happened."""
    case = t.refer(
        t.ago(1, "15:20"),
        "waiting-for-details",
        by="hodan",
        source=Source.SCHOOL,
        what=IndexReason.WITNESS_BEREAVED,
        person={"address": "", "postcode": "", "district": ""},
        referrer_name="Form tutor",
        reason="Saw something on the way home and has not been himself since.",
    )
    with t.at(t.ago(1, "16:40"), t.cast["dermot"]) as dermot:
        cases.move(
            case,
            Stage.TRIAGED,
            by=dermot,
            reason="School asked for the address and for his yes.",
            facts=Facts(),
        )
    yield "waiting-for-details", case


def not_eligible(t: Teller) -> Told:
    """Too old for this service; told where to turn."""
    case = t.refer(
        t.ago(6, "11:10"),
        "not-eligible",
        by="callum",
        what=IndexReason.ASSAULT_BODY,
        person={"born_on": t.born(31)},
        reason="Punched outside a shop. Broken jaw.",
        site="Made-up Royal Infirmary",
        is_still_there=Safe.NO,
    )
    t.triage(
        t.ago(6, "12:05"),
        case,
        is_eligible=False,
        code=Ineligible.AGE,
        reason="31. Given the number of victim support.",
    )
    yield "not-eligible", case


def no_date_of_birth(t: Teller) -> Told:
    """Eligible, and nobody holds it yet: it waits on the supervisor's board."""
    case = t.refer(
        t.ago(3, "20:30"),
        "no-date-of-birth",
        by="callum",
        what=IndexReason.ASSAULT_BLUNT,
        person={"born_on": None, "born_precision": BornPrecision.UNKNOWN, "nhs_number": ""},
        reason="Bottle to the head. Left before anybody wrote down a date of birth.",
        site="Made-up Royal Infirmary",
        is_still_there=Safe.NO,
        urgency=Urgency.URGENT,
    )
    t.triage(t.ago(2, "09:15"), case, reason="In Year 10, says the nurse, so about 15.")
    yield "no-date-of-birth", case


def provisional_triage(t: Teller) -> Told:
    """Seen at once by the worker on shift; a supervisor has yet to confirm."""
    case = t.refer(
        t.hours_ago(20),
        "provisional-triage",
        by="priya",
        what=IndexReason.ROBBERY,
        reason="Robbed of a phone and a coat; cut hand.",
        site="Made-up Royal Infirmary",
        ward="Emergency department",
        is_still_there=Safe.YES,
        knows=Safe.YES,
        agrees=Safe.YES,
        urgency=Urgency.NOW,
    )
    with t.at(t.hours_ago(19.9), t.cast["priya"]) as priya:
        intake.see_now(case, by=priya)
    contact(
        t,
        t.hours_ago(19.5),
        case,
        Outcome.MET,
        Mode.F2F_HOSPITAL,
        minutes=35,
        purposes=FIRST_TALK,
        note="Fact: hand dressed, going home with his aunt. Next: ring before school on Thursday.",
        their_words="I just want my coat back and no more hassle.",
        next_step="Ring, after school",
        next_step_at=t.ahead(1, "15:45"),
    )
    yield "provisional-triage", case


def shared_phone(t: Teller) -> Told:
    """One number, and mum reads it: ring, never text, only after four."""
    case = t.refer(
        t.ago(2, "21:40"),
        "shared-phone",
        by="callum",
        what=IndexReason.ASSAULT_BODY,
        person={"known_as": "Dee", "pronouns": "she/her", "carer_aware": Safe.NO},
        phone=reach(6, to_text=Safe.NO, who_else="Mum"),
        reason="Kicked and filmed by girls from another school.",
        site="Made-up Royal Infirmary",
        ward="Children’s assessment",
        is_still_there=Safe.NO,
        knows=Safe.YES,
        agrees=Safe.YES,
    )
    t.triage(t.ago(1, "09:10"), case, worker="amara")
    with t.at(t.ago(1, "09:30"), t.cast["amara"]) as amara:
        people.set_flag(
            case.person,
            by=amara,
            kind=FlagKind.UNSAFE_TO_TEXT,
            level=FlagLevel.CAUTION,
            source=FlagSource.YOUNG_PERSON,
            detail="Mum reads the phone. Ring after 16:00 and ask for her.",
        )
        people.save_related_person(
            case.person,
            name="Mum",
            relation=Relation.PARENT,
            may_contact=Safe.NO,
            reason="Does not know yet; Dee wants to tell her herself.",
            has_responsibility=Safe.YES,
        )
    no_answer(
        t,
        t.ago(1, "11:05"),
        case,
        purposes=(Purpose.ENGAGEMENT,),
        note="Fact: rang out. No message left, as she asked.",
        next_step="Try again after school",
        next_step_at=t.ahead(0, "16:10"),
    )
    yield "shared-phone", case


def estimated_birth(t: Teller) -> Told:
    """Met in custody; gives an age and no birthday. Says he will think about it."""
    case = t.refer(
        t.ago(4, "23:10"),
        "estimated-birth",
        by="hodan",
        source=Source.CUSTODY,
        what=IndexReason.WEAPON_CARRYING,
        person={
            "born_on": t.born(14, days_past=150),
            "born_precision": BornPrecision.ESTIMATED,
            "nhs_number": "",
        },
        reason="Found with a kitchen knife “for the walk home”.",
        site="Pretend Street custody suite",
        is_still_there=Safe.NO,
    )
    t.triage(t.ago(3, "09:30"), case, worker="hodan")
    contact(
        t,
        t.ago(3, "13:00"),
        case,
        Outcome.MET,
        Mode.F2F_CUSTODY,
        minutes=30,
        purposes=FIRST_TALK,
        note="Fact: appropriate adult present. My view: more frightened than he shows.",
        their_words="Maybe. Ask me when I’m out.",
        next_step="Visit at home with his aunt there",
        next_step_at=t.ahead(2, "17:00"),
    )
    safety_plan(
        t,
        t.ago(3, "13:40"),
        case,
        avoid="The underpass after dark.",
        travel="Bus 99 to the door, not the short cut.",
        safe_people="Auntie; the youth club on Thursdays.",
        if_followed="Into the shop, stand by the till, ring.",
        paper_is_safe=False,
    )
    yield "estimated-birth", case


def turned_down(t: Teller) -> Told:
    """Heard what is offered and said no for now."""
    case = t.refer(t.ago(24, "19:00"), "turned-down", by="priya", what=IndexReason.ASSAULT_BODY)
    t.triage(t.ago(23, "09:40"), case, worker="priya")
    contact(
        t,
        t.ago(23, "11:00"),
        case,
        Outcome.TALKED,
        Mode.PHONE,
        minutes=12,
        purposes=(Purpose.ENGAGEMENT,),
        note="Their words: does not want anybody round. Leaflet sent with the discharge letter.",
    )
    move(
        t,
        t.ago(23, "11:20"),
        case,
        Stage.DECLINED,
        "No for now; may be asked again. A leaflet or number was left. “I’ve got football.”",
    )
    yield "turned-down", case


def never_reached(t: Teller) -> Told:
    """Three attempts, two ways, over two weeks: nobody answers."""
    case = t.refer(t.ago(40, "02:20"), "never-reached", by="callum")
    t.triage(t.ago(40, "09:10"), case, worker="callum")
    no_answer(t, t.ago(39, "10:15"), case, next_step_at=t.ago(36, "18:30"))
    contact(
        t, t.ago(36, "18:40"), case, Outcome.TEXTED, Mode.TEXT, note="Fact: delivered, not read."
    )
    no_answer(t, t.ago(30, "12:05"), case, note="Fact: straight to voicemail; no message left.")
    contact(t, t.ago(24, "15:30"), case, Outcome.NO_ANSWER, Mode.F2F_HOME, note="Nobody in.")
    move(
        t,
        t.ago(24, "16:10"),
        case,
        Stage.UNABLE_TO_CONTACT,
        "Number unanswered, nobody at the address. Letter left with our number.",
    )
    yield "never-reached", case
