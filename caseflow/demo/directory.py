"""A small directory of agencies that do not exist: somewhere for onward referrals to go."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from caseflow.cases.rules import NeedDomain as D
from caseflow.kernel import clock
from caseflow.services import actions as services
from caseflow.services.models import Service
from caseflow.staff.models import User


@dataclass(frozen=True)
class Entry:
    """One offer. ``wait_days`` is None where nobody knows; ``verified`` in days ago."""

    key: str
    agency: str
    name: str
    domains: tuple[D, ...]
    ages: tuple[int, int]
    area: str
    wait_days: int | None
    route: str
    verified: int | None = 30


LLR = "Leicester, Leicestershire and Rutland"
ENTRIES = (
    Entry(
        "mind", "Paper Lantern Young Minds (demo)", "Talking therapy after trauma",
        (D.MENTAL_HEALTH,), (11, 18), LLR, 42,
        "Online form by a worker; telephone 0116 496 0101. Urgent: say so on the first line.",
    ),
    Entry(
        "adult-mind", "Made-up Talking Therapies (demo)", "Adult psychological therapies",
        (D.MENTAL_HEALTH,), (16, 25), LLR, 28, "Refer yourself by phone: 0116 496 0102.",
    ),
    Entry(
        "college", "Cardboard College (demo)", "Back-to-learning mentor",
        (D.EDUCATION,), (14, 25), "Leicester", 7,
        "Ring the mentor, who meets them at reception: 0116 496 0103.",
    ),
    Entry(
        "work", "First Shift (demo)", "Paid work trials and apprenticeships",
        (D.EDUCATION, D.MONEY), (16, 25), LLR, 14, "E-mail work@first-shift.example.",
    ),
    Entry(
        "school", "Second Bell School Inclusion (demo)", "Return to school after an injury",
        (D.EDUCATION,), (11, 16), "Leicestershire", 5, "Through the school’s safeguarding lead.",
    ),
    Entry(
        "home", "Borrowed Roof (demo)", "Emergency and supported housing",
        (D.HOUSING, D.SAFETY), (16, 25), LLR, 10,
        "Duty line 0116 496 0104, before 14:00 for a bed that night.",
    ),
    Entry(
        "boxing", "Invisible Gloves Boxing Club (demo)", "Coaching and somebody to talk to",
        (D.PEERS, D.IDENTITY, D.HEALTH), (11, 25), "Leicester", 0,
        "Turn up Tuesday or Thursday at 17:30 with a worker the first time.",
    ),
    Entry(
        "music", "The Imaginary Studio (demo)", "Music and media sessions",
        (D.PEERS, D.IDENTITY), (13, 25), LLR, 7, "Message the studio: hello@studio.example.",
    ),
    Entry(
        "substances", "Clear Pretend Skies (demo)", "Young people’s drug and alcohol support",
        (D.SUBSTANCES,), (11, 25), LLR, 12, "Online form; they ring within two days.",
    ),
    Entry(
        "law", "Example Street Law Centre (demo)", "Immigration, housing and benefits advice",
        (D.LEGAL, D.MONEY, D.HOUSING), (16, 25), LLR, 21,
        "Drop-in on Mondays from 10:00, or 0116 496 0105.", 200,
    ),
    Entry(
        "family", "Kitchen Table Family Help (demo)", "Help for parents and carers",
        (D.FAMILY,), (11, 18), "Leicester", 18, "With the parent’s yes: 0116 496 0106.",
    ),
    Entry(
        "exploitation", "Safe Step Pretend Project (demo)", "Exploitation: one-to-one support",
        (D.EXPLOITATION, D.WEAPONS, D.SAFETY), (11, 21), LLR, 15,
        "Worker’s referral; ring first: 0116 496 0107.",
    ),
    Entry(
        "justice", "Not-a-Court Advocacy (demo)", "Somebody beside you at court or interview",
        (D.JUSTICE,), (11, 25), LLR, 3, "Ring the day before: 0116 496 0108.",
    ),
    Entry(
        "food", "Full Plate Pantry (demo)", "Food, toiletries and phone top-ups",
        (D.MONEY,), (11, 25), "Leicester", 0, "Take the voucher; no appointment.",
    ),
    Entry(
        "physio", "Fictional Physio (demo)", "Hands and scars clinic",
        (D.HEALTH,), (11, 25), LLR, None, "By the ward or the GP.", None,
    ),
)  # fmt: skip


def list_services(by: User, now: datetime) -> dict[str, Service]:
    """The directory by key; each entry checked as many days ago as it says."""
    with clock.at(now - timedelta(days=880)):
        return {entry.key: _list(entry, by, now) for entry in ENTRIES}


def _list(entry: Entry, by: User, now: datetime) -> Service:
    days = entry.verified
    return services.add_service(
        by=by,
        agency=entry.agency,
        name=entry.name,
        domains=entry.domains,
        youngest=entry.ages[0],
        oldest=entry.ages[1],
        area=entry.area,
        wait_days=entry.wait_days,
        route=entry.route,
        verified_on=None if days is None else clock.local(now - timedelta(days=days)).date(),
    )
