"""The outcome summary on paper: frozen values in, words and figures, and a PDF out.

No database, and no day but those that were frozen: the same values print the same bytes.
"""

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app

from caseflow.assessments.rules import Point, change_words, need_words
from caseflow.cases.lifecycle import SUPPORT, TERMINAL, Stage
from caseflow.cases.rules import Arm, NeedDomain, Risk, Stream
from caseflow.closing import rules
from caseflow.closing.rules import Ending
from caseflow.closing.summary import Frozen, Goal, Need, Onward, Said
from caseflow.kernel import pdf
from caseflow.kernel.page import long_day, plural
from caseflow.people.rules import Safe
from caseflow.plans.rules import OnwardStatus

MARKING = "OFFICIAL-SENSITIVE – for the young person and the named recipient"
MANY_NEEDS = 9
LONG_QUOTE = 320
SHORT_TABLE = 3

# That the police were involved is theirs to tell, so those two streams are not named.
THROUGH = {
    Stream.HOSPITAL: "through the hospital team",
    Stream.CUSTODY: "through the custody team",
    Stream.OUTREACH: "through youth outreach",
    Stream.OPERATION: "through youth work in the community",
    Stream.FOCUSED_DETERRENCE: "through youth work in the community",
}
HELP = {Arm.BRIEF: "Brief support", Arm.LONG_TERM: "Long-term support"}
OCCASION = {"baseline": "At the start", "latest": "Later", "ending": "Looking back"}
FOLLOW_UP = {
    Safe.YES: "They are happy for us to get in touch after 3, 6 and 12 months.",
    Safe.NO: "They asked us not to get in touch afterwards.",
    Safe.NOT_ASKED: "They have not been asked whether we may get in touch afterwards.",
}
TURN_UP = {
    Safe.YES: "They went to the first appointment.",
    Safe.NO: "They did not get to the first appointment.",
    Safe.NOT_ASKED: "",
}


def render(frozen: Frozen) -> bytes:
    env = current_app.jinja_env
    css = str(env.get_template("print/summary.css").render())
    # Not through render_template: what every screen is given must not reach the paper.
    html = env.get_template("print/summary.html").render(s=paper(frozen))
    as_text = json.dumps(frozen.as_plain(), sort_keys=True)
    return pdf.render(html, css, identifier=hashlib.sha256(as_text.encode()).hexdigest())


def file_name(reference: str, number: int) -> str:
    return f"{reference}-summary-{number}.pdf"


@dataclass(frozen=True)
class Line:
    """One row of the chart, and of its table."""

    label: str
    then: int | None
    now: int | None
    words: str
    level: str


def paper(frozen: Frozen) -> dict[str, Any]:
    """Everything the page says, in the order it says it."""
    start = date.fromisoformat(frozen.started_on)
    end = date.fromisoformat(frozen.ended_on or frozen.as_of)
    days = [date.fromisoformat(mark.on) for mark in frozen.marks]
    return {
        "marking": MARKING,
        "title": f"Outcome summary {frozen.reference}, number {frozen.number}",
        "foot": f"{frozen.reference} · summary {frozen.number} · as of {_on(frozen.as_of)}",
        "reference": frozen.reference,
        "who": frozen.who or frozen.reference,
        "is_named": bool(frozen.who),
        "number": frozen.number,
        "as_of": _on(frozen.as_of),
        "help": _help(frozen),
        "through": THROUGH[Stream(frozen.stream)],
        "when": _when(frozen),
        "how_long": _how_long((end - start).days),
        "how_it_stands": how_it_stands(frozen),
        "how_it_stands_more": _planned(frozen),
        "needs": [_line(need) for need in frozen.needs],
        "needs_in_parts": _in_parts([_line(need) for need in frozen.needs]),
        "is_compared": frozen.baseline_on is not None and frozen.latest_on is not None,
        "change": change(frozen),
        "then_label": f"Start, {_short(frozen.baseline_on)}",
        "now_label": f"{_latest_word(frozen)}, {_short(frozen.latest_on)}",
        "not_discussed": len(NeedDomain) - len(frozen.needs),
        "many_needs": len(frozen.needs) > MANY_NEEDS,
        "only_on": _on(frozen.baseline_on or frozen.latest_on),
        "runs_on": runs_on(frozen),
        "said": [_quote(said) for said in frozen.said],
        "feedback": [
            {"says": rules.FEEDBACK[name], "number": given, "words": rules.FEEDBACK_WORDS[given]}
            for name, given in frozen.feedback.items()
        ],
        "goals": [_goal(goal) for goal in frozen.goals],
        "taken_up": [_onward(one) for one in frozen.onward if one.taken_up],
        "not_taken_up": [_onward(one) for one in frozen.onward if not one.taken_up],
        "dose": _dose(frozen),
        "marks": [
            {"when": day, "held": mark.held} for day, mark in zip(days, frozen.marks, strict=True)
        ],
        "strip_start": min([start, *days]),
        "strip_end": max([end, *days]),
        "strip_words": _strip_words(frozen),
        "safety": _safety(frozen, end),
        "handover": _handover(frozen),
        "nobody": _nobody(frozen),
        "follow_up": FOLLOW_UP[Safe(frozen.may_follow_up)] if frozen.may_follow_up else "",
        "is_over": frozen.ended_on is not None,
    }


def _on(day: str | None) -> str:
    return long_day(date.fromisoformat(day)) if day else ""


def _short(day: str | None) -> str:
    """Short enough for the legend of the chart."""
    there = date.fromisoformat(day) if day else None
    return f"{there.day} {there:%b %Y}" if there else ""


def _help(frozen: Frozen) -> str:
    if frozen.arm:
        return HELP[Arm(frozen.arm)]
    return "Support" if frozen.stage == Stage.AGREED or frozen.ending else "None yet"


def _when(frozen: Frozen) -> str:
    start = date.fromisoformat(frozen.started_on)
    if frozen.ended_on is None:
        return f"{'Since' if frozen.has_begun else 'Referred'} {long_day(start)}"
    end = date.fromisoformat(frozen.ended_on)
    first = long_day(start)
    if start.year == end.year:
        first = f"{start.day}" if start.month == end.month else f"{start.day} {start:%B}"
    # A date stays on one line; two may take two.
    return f"{_together(first)} to {_together(long_day(end))}"


def _together(words: str) -> str:
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def _how_long(days: int) -> str:
    return plural(days // 7, "week") if days >= 14 else plural(days, "day")


def how_it_stands(frozen: Frozen) -> str:
    if frozen.ending:
        return Ending(frozen.ending).label
    stage = Stage(frozen.stage)
    if stage in TERMINAL:
        return stage.label
    if stage is Stage.AGREED:
        return "Support agreed"
    return "Support continues" if stage in SUPPORT else "Support has not begun"


def _planned(frozen: Frozen) -> str:
    if frozen.is_planned is None:
        return f"as of {_on(frozen.as_of)}" if frozen.ended_on is None else ""
    # "As planned" is said already; and nobody plans a death.
    if frozen.ending in (Ending.COMPLETED, Ending.DECEASED):
        return ""
    return "a planned ending" if frozen.is_planned else "not a planned ending"


def _line(need: Need) -> Line:
    label = NeedDomain(need.domain).label
    level = need_words(need.then if need.now is None else need.now)
    return Line(label, need.then, need.now, change_words(need.then, need.now), level)


def _in_parts(lines: list[Line]) -> list[dict[str, Any]]:
    """Two short tables stand side by side where one would need a page more."""
    half = (len(lines) + 1) // 2 if len(lines) > SHORT_TABLE else len(lines)
    parts = [part for part in (lines[:half], lines[half:]) if part]
    names = (
        ["Worst at the start first", "The rest"]
        if len(parts) == 2
        else ["Worst at the start first"]
    )
    return [
        {"caption": name, "needs": part} for name, part in zip(names, parts, strict=len(parts) > 0)
    ]


def _latest_word(frozen: Frozen) -> str:
    return "End" if frozen.latest_point == Point.EXIT else "Latest"


def change(frozen: Frozen) -> str:
    """The headline over the chart, with its n."""
    if not frozen.needs:
        return "Needs have not been looked at yet."
    pairs = [(n.then, n.now) for n in frozen.needs if n.then is not None and n.now is not None]
    if not pairs:
        return f"{_parts(len(frozen.needs))} looked at once, so there is no change to show yet."
    better = sum(now < then for then, now in pairs)
    worse = sum(now > then for then, now in pairs)
    same = len(pairs) - better - worse
    counts = [(better, "better"), (same, "the same"), (worse, "harder")]
    told = [f"{count} {word}" for count, word in counts if count]
    return f"{_parts(len(pairs))} looked at both times: {_and(told)}."


def _parts(count: int) -> str:
    return plural(count, "part of life", "parts of life")


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def runs_on(frozen: Frozen) -> bool:
    """Whether the second part follows on: their words overflow the first page, or it is bare."""
    letters = sum(len(said.words) for said in frozen.said)
    room = 500 if len(frozen.needs) > MANY_NEEDS else 1_000
    return letters > room or not (letters or frozen.needs)


def _quote(said: Said) -> dict[str, Any]:
    return {
        "occasion": f"{OCCASION[said.occasion]}, {_on(said.on)}",
        "words": said.words,
        "dir": direction(said.words),
        "is_long": len(said.words) > LONG_QUOTE,
    }


def direction(text: str) -> str:
    """By the first letter that has one; the printer knows no ``dir=auto``."""
    strong = (unicodedata.bidirectional(letter) for letter in text)
    first = next((kind for kind in strong if kind in ("L", "R", "AL")), "L")
    return "ltr" if first == "L" else "rtl"


def _goal(goal: Goal) -> dict[str, Any]:
    return {
        "words": goal.words,
        "dir": direction(goal.words),
        "first": goal.first,
        "first_on": _on(goal.first_on),
        "last": goal.last,
        "last_on": _on(goal.last_on),
        "is_rated_twice": goal.ratings > 1,
        "change": _goal_change(goal),
    }


def _goal_change(goal: Goal) -> str:
    if goal.first is None or goal.last is None:
        return "Not rated yet"
    if goal.ratings < 2:
        return "Rated once"
    step = goal.last - goal.first
    if step == 0:
        return "The same"
    return f"{'Up' if step > 0 else 'Down'} {abs(step)}"


def _onward(one: Onward) -> dict[str, str]:
    return {
        "name": f"{one.agency}: {one.service}" if one.service != one.agency else one.agency,
        "domain": NeedDomain(one.domain).label,
        "status": OnwardStatus(one.status).label,
        "since": _on(one.since),
    }


def _dose(frozen: Frozen) -> dict[str, str]:
    dose = frozen.dose
    return {
        "attended": plural(dose.attended, "time"),
        "time": _hours(dose.minutes),
        "face_to_face": _hours(dose.face_to_face_minutes),
        "missed": plural(dose.did_not_attend, "time"),
    }


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours:,} h"] if hours else []
    return " ".join([*parts, f"{rest} min"]) if rest or not hours else parts[0]


def _strip_words(frozen: Frozen) -> str:
    if not frozen.marks:
        return ""
    held = sum(mark.held for mark in frozen.marks)
    tried = len(frozen.marks) - held
    return (
        f"Spoke or met {plural(held, 'time')} and tried {plural(tried, 'more time')}, "
        f"the last on {_on(frozen.marks[-1].on)}."
    )


def _safety(frozen: Frozen, end: date) -> list[dict[str, str]]:
    """Whether there is a plan, and levels. What is in the plan stays with the young person."""
    safety = frozen.safety
    agreed, review = _on(safety.plan_agreed_on), safety.plan_review_on
    if review is None:
        plan = "None was made" if frozen.ended_on else "None yet"
    elif date.fromisoformat(review) >= end:
        plan = f"Yes, agreed {agreed} and in date until {_on(review)}"
    else:
        plan = f"Yes, agreed {agreed}; ran out {_on(review)}"
    now = "Risk as support ended" if frozen.ended_on else "Risk now"
    return [
        {"key": "Safety plan", "value": plan},
        {"key": "Risk at the start", "value": _risk(safety.risk_at_start)},
        {"key": now, "value": _risk(safety.risk_now)},
    ]


def _risk(level: str | None) -> str:
    return Risk(level).label if level else Risk.NOT_ASSESSED.label


def _nobody(frozen: Frozen) -> str:
    if frozen.ended_on:
        return "Nobody."
    return "Support continues with us." if frozen.has_begun else "Not decided yet."


def _handover(frozen: Frozen) -> dict[str, str] | None:
    handover = frozen.handover
    if handover is None:
        return None
    accepted = f"Accepted {_on(handover.accepted_on)}." if handover.accepted_on else ""
    return {
        "to": handover.to,
        "accepted": accepted or "Not accepted yet.",
        "attended": TURN_UP[Safe(handover.attended)],
    }
