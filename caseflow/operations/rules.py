"""Police operations: what kind, and what support was offered. Source: domain.md §4.1."""

from caseflow.kernel.words import Words


class OperationKind(Words):
    SCEPTRE = "sceptre", "Op Sceptre (national week)"
    ENFORCEMENT_DAY = "enforcement_day", "Enforcement day or warrants"
    CUSTODY = "custody", "Custody navigator"
    FOCUSED_DETERRENCE = "focused_deterrence"
    HOTSPOT = "hotspot", "Hotspot or Grip patrols"
    OTHER = "other"


class Offer(Words):
    OFFERED = "offered", "Offered, no answer yet"
    ACCEPTED = "accepted"
    DECLINED = "declined"
