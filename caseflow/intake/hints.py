"""Why the young person may be referred: what the sender coded, then what the words suggest."""

from collections.abc import Iterable

from caseflow.incidents.rules import Weapon
from caseflow.intake.codes import IndexReason, Meaning, hints_in
from caseflow.intake.draft import ReasonFound, Said, WeaponFound
from caseflow.intake.events import coded_reasons
from caseflow.intake.message import Message

# Where somebody describes what happened; a question "Stabbed?" counts only with a yes.
_TOLD_IN = (
    "Communication", "Condition", "Observation", "CarePlan", "Task", "QuestionnaireResponse",
    "Flag", "ServiceRequest", "ReferralRequest", "Encounter", "Procedure", "ClinicalImpression",
    "Composition", "presenting complaint",
)  # fmt: skip
# Words are searched this far: the longest real message has 8,000 characters in all.
_SEARCHED = 128 * 1024
_YES = frozenset({"yes", "y", "true"})

Hint = tuple[Meaning, str, str, str]


def all_hints(m: Message, said: tuple[Said, ...], complaints: tuple[str, ...]) -> list[Hint]:
    """(meaning, "code" or "words", evidence, where), what was coded first."""
    found: list[Hint] = [(means, "code", label, at) for means, label, at in coded_reasons(m)]
    told = [Said("presenting complaint", complaint) for complaint in complaints]
    left = _SEARCHED
    for line in (*told, *said):
        if line.where.split(" · ")[0] in _TOLD_IN:
            text = line.where.split(" · ")[-1] if line.text.lower() in _YES else line.text[:left]
            left = max(0, left - len(text))
            found += [(means, "words", clause, line.where) for means, clause in hints_in(text)]
    return found


_BY_WEAPON = frozenset(
    {
        IndexReason.ASSAULT_SHARP,
        IndexReason.ASSAULT_GUN,
        IndexReason.ASSAULT_BLUNT,
        IndexReason.ASSAULT_CORROSIVE,
    }
)
_HOW_IS_SAID = _BY_WEAPON | {IndexReason.ASSAULT_BODY, IndexReason.SEXUAL_ASSAULT}


def reasons(hints: Iterable[Hint]) -> tuple[ReasonFound, ...]:
    """Each once, the first telling; the vaguer ones only where nothing plainer is said."""
    once: dict[IndexReason, ReasonFound] = {}
    for (reason, _), basis, evidence, where in hints:
        once.setdefault(reason, ReasonFound(reason, basis, evidence, where))
    if once.keys() & _BY_WEAPON:
        once.pop(IndexReason.WEAPON_CARRYING, None)
    if once.keys() & _HOW_IS_SAID:
        once.pop(IndexReason.ASSAULT_UNSPECIFIED, None)
    return tuple(once.values())


def weapons(hints: Iterable[Hint]) -> tuple[WeaponFound, ...]:
    once: dict[str, WeaponFound] = {}
    for (_, weapon), basis, evidence, where in hints:
        if weapon is not None:
            once.setdefault(weapon, WeaponFound(weapon, basis, evidence, where))
    if len(once) > 1:
        once.pop(Weapon.UNKNOWN, None)
    return tuple(once.values())
