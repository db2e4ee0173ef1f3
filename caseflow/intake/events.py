"""Readers of what happened: attendance, complaint, incident, safety, flags, consent."""

from collections.abc import Iterator
from datetime import datetime

from caseflow.incidents.rules import is_in_uk
from caseflow.intake.codes import (
    FLAG_KIND,
    FLAG_REASON,
    NO_SAFEGUARDING_ISSUE,
    SCENE,
    Meaning,
    SceneSafety,
    reason_of,
)
from caseflow.intake.draft import Address, Attendance, Coded, FlagFound, Incident
from caseflow.intake.message import Message, word_kind
from caseflow.intake.parts import coding_of, concept_of, number_of
from caseflow.intake.reach import address_of
from caseflow.intake.tree import Node, first, nodes, word
from caseflow.kernel.partial_date import PartialDate

_UNTRUE = frozenset({"entered-in-error", "cancelled", "refuted", "not-done"})


def is_meant(node: Node) -> bool:
    """False for what the sender says was wrong, cancelled or refuted."""
    return (
        word(node, "status") not in _UNTRUE
        and word(node, "verificationStatus.coding.code") not in _UNTRUE
        and word(node, "valueBoolean") != "false"
    )


def _encounter(m: Message) -> Node:
    for path in ("encounter", "context"):
        for node in m.follow(m.request, path):
            if word_kind(node) == "Encounter":
                return node
    return next(iter(m.all("Encounter")), {})


def attendance(m: Message) -> Attendance:
    node = _encounter(m)
    kind = next((coding_of(coding) for coding in nodes(node, "class")), None)
    for coding in nodes(node, "class"):
        m.use(coding)
    providers = m.follow(node, "serviceProvider")
    return Attendance(
        arrived_at=m.moment(node, "period.start")[0],
        left_at=m.moment(node, "period.end")[0],
        number=m.line(node, "identifier.value") or None,
        setting=kind.label if kind else None,
        site=m.line(providers[0], "name") or None if providers else None,
        status=word(node, "status") or None,
    )


# --- complaint and reasons ---

_PRESENTING = "33962009"
REASONS = ("reasonCode", "reason")  # as it is called in R4, and was before


def presenting_complaints(m: Message) -> tuple[str, ...]:
    """The request's reasons; conditions marked presenting complaint; else any it points to."""
    told = [concept_of(c).label for path in REASONS for c in _used(m, m.request, path)]
    told += [concept_of(c).label for path in REASONS for c in _used(m, _encounter(m), path)]
    conditions = [node for node in m.all("Condition") if is_meant(node)]
    presenting = [node for node in conditions if _is_presenting(node)]
    for node in presenting:
        _used(m, node, "category")
    for node in presenting or _pointed_at(m, conditions):
        told += [concept_of(concept).label for concept in _used(m, node, "code")]
    return tuple(dict.fromkeys(filter(None, told or _chief_complaint(m))))


def _used(m: Message, node: Node, path: str) -> list[Node]:
    for concept in nodes(node, path):
        m.use(concept)
    return nodes(node, path)


def _is_presenting(condition: Node) -> bool:
    said = [coding_of(coding) for coding in nodes(condition, "category.coding")]
    return any(c.code == _PRESENTING or "presenting" in c.label.lower() for c in said)


def _pointed_at(m: Message, conditions: list[Node]) -> list[Node]:
    targets = m.follow(m.request, "reasonReference")
    for plan in m.all("CarePlan"):
        targets += m.follow(plan, "addresses")
    return [node for node in conditions if any(node is target for target in targets)]


def _chief_complaint(m: Message) -> list[str]:
    """111 and 999 say it only as a Pathways outcome, named so in its text."""
    found = []
    for plan in m.all("CarePlan"):
        for concept in nodes(plan, "activity.outcomeCodeableConcept"):
            if word(concept, "text").startswith("presenting complaint"):
                found += [coding_of(c).label for c in _used(m, concept, "coding")]
    return found


def coded_reasons(m: Message) -> Iterator[tuple[Meaning, str, str]]:
    """(what it means, the sender's label, where) for every code that is on our lists."""
    places = [(node, path) for node in (m.request, _encounter(m)) for path in REASONS]
    places += [(node, "code") for node in m.all("Condition", "Observation") if is_meant(node)]
    for node, path in places:
        for coding in nodes(node, f"{path}.coding"):
            coded = coding_of(coding)
            means = reason_of(coded.system, coded.code)
            if means:
                yield means, coded.label, f"{word_kind(node)}.{path}"
    for node in m.all("Flag"):
        for coding in nodes(node, "code.coding"):
            coded = coding_of(coding)
            if coded.code in FLAG_REASON and _is_active(node):
                yield (FLAG_REASON[coded.code], None), coded.label, "Flag.code"


# --- flags ---


def _is_active(flag: Node) -> bool:
    return word(flag, "status") not in ("inactive", "entered-in-error")


def _flags(m: Message) -> list[FlagFound]:
    return [_flag(m, node) for node in m.all("Flag") if _category(node) != "SS"]


def _category(flag: Node) -> str:
    return word(flag, "category.coding.code").upper()


def _flag(m: Message, node: Node) -> FlagFound:
    coded = next((coding_of(coding) for coding in nodes(node, "code.coding")), Coded("", ""))
    text = m.line(node, "code.text")
    category = next((concept_of(concept) for concept in nodes(node, "category")), Coded("", ""))
    for path in ("code", "category"):
        _used(m, node, path)
    return FlagFound(
        kind=FLAG_KIND.get(coded.code),
        category=category,
        code=coded.code,
        label=coded.label or text,
        text=text,
        active=_is_active(node),
        starts=m.line(node, "period.start"),
        ends=m.line(node, "period.end"),
    )


def _is_safeguarding(flag: FlagFound) -> bool:
    said = f"{flag.category.label} {flag.label}".lower()
    marked = flag.category.code.upper() == "SG" or "safeguard" in said
    return marked and flag.code != NO_SAFEGUARDING_ISSUE


def safeguarding(m: Message) -> tuple[FlagFound, ...]:
    return tuple(flag for flag in _flags(m) if _is_safeguarding(flag))


def other_flags(m: Message) -> tuple[FlagFound, ...]:
    return tuple(flag for flag in _flags(m) if not _is_safeguarding(flag))


def _scene_flags(m: Message) -> list[Node]:
    return [n for n in m.all("Flag") if _category(n) == "SS" and _is_active(n)]


def scene_safety(m: Message) -> SceneSafety | None:
    """The worst that is said: one unsafe outweighs any number of safe."""
    said = [SCENE.get(word(node, "code.coding.code").upper()) for node in _scene_flags(m)]
    for node in _scene_flags(m):
        _used(m, node, "category")
        if word(node, "code.coding.code").upper() in SCENE:
            for coding in nodes(node, "code.coding"):
                m.use(coding)
    for worst in (SceneSafety.UNSAFE, SceneSafety.UNKNOWN, SceneSafety.SAFE):
        if worst in said:
            return worst
    return None


def scene_safety_text(m: Message) -> str | None:
    told = (m.line(node, "code.text") for node in _scene_flags(m))
    return "; ".join(text for text in told if text and text.upper() != "N/A") or None


# --- the incident ---


def incident(m: Message) -> Incident:
    place = _incident_place(m)
    at, day, source = _incident_time(m, place)
    latitude = number_of(m.take(place, "position.latitude"))
    longitude = number_of(m.take(place, "position.longitude"))
    offered = _offer(m, place, latitude, longitude)
    addresses = [address_of(m, node, "Location.address") for node in nodes(place, "address")]
    kinds = [concept_of(concept) for concept in _used(m, place, "type")]
    return Incident(
        at=at,
        day=day,
        time_from=source,
        place=_place_name(m, place, addresses),
        address=addresses[0] if addresses else None,
        latitude=latitude,
        longitude=longitude,
        offered=offered,
        location_type=kinds[0].label if kinds else "",
    )


def _place_name(m: Message, place: Node, addresses: list[Address]) -> str:
    name = m.line(place, "name")
    return name or (addresses[0].one_line if addresses else "") or m.line(place, "description")


def _incident_place(m: Message) -> Node:
    """A location typed as the incident's; else an untyped one the request itself points to."""
    pointed = m.follow(m.request, "locationReference")
    pointed += m.follow(_encounter(m), "location.location")
    for node in pointed + m.all("Location"):
        if _location_type(node) == "iloc":
            return node
    return next((node for node in pointed if not _location_type(node)), {})


def _location_type(node: Node) -> str:
    return word(node, "type.coding.code")


def _incident_time(m: Message, place: Node) -> tuple[datetime | None, PartialDate | None, str]:
    """When the injury began; else when the encounter was at the place; else its start."""
    for condition in m.all("Condition"):
        for path in ("onsetDateTime", "onsetPeriod.start"):
            at, day = m.moment(condition, path)
            if day is not None and is_meant(condition):
                return at, day, f"Condition.{path}"
    encounter = _encounter(m)
    for stay in nodes(encounter, "location"):
        if place and any(node is place for node in m.follow(stay, "location")):
            at, day = m.moment(stay, "period.start")
            if day is not None:
                return at, day, "Encounter.location.period.start"
    at, day = m.moment(encounter, "period.start")
    return at, day, "Encounter.period.start" if day else ""


def _offer(
    m: Message, place: Node, latitude: float | None, longitude: float | None
) -> tuple[float, float] | None:
    if latitude is None or longitude is None or is_in_uk(latitude, longitude):
        return None
    where, sent = "Location.position", f"latitude {latitude}, longitude {longitude}"
    at = first(place, "position.latitude")
    if is_in_uk(longitude, latitude):
        what = f"{sent} lies outside the United Kingdom; swapped it is inside: swap them?"
        m.problem(where, what, at)
        return longitude, latitude
    m.problem(where, f"{sent} lies outside the United Kingdom", at)
    return None


# --- consent and appointments ---


def consents(m: Message) -> tuple[str, ...]:
    found = []
    for node in m.all("Consent"):
        parts = [c.label for c in (concept_of(n) for n in _used(m, node, "category"))]
        parts += [c.label for c in (concept_of(n) for n in _used(m, node, "policyRule"))]
        _used(m, node, "scope")
        parts += [m.line(node, "dateTime"), m.line(node, "status")]
        found.append(" · ".join(part for part in parts if part))
    return tuple(filter(None, found))


def appointments(m: Message) -> tuple[str, ...]:
    found = []
    for node in m.all("Appointment"):
        paths = ("start", "end", "status", "description", "comment")
        found.append(" · ".join(filter(None, (m.line(node, path) for path in paths))))
    return tuple(filter(None, found))
