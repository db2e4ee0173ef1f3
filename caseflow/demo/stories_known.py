"""Records that not everybody may know of: restricted, refused to a relative, opened elsewhere."""

from datetime import timedelta

from caseflow.cases import glass, need_to_know
from caseflow.cases.openings import Wanted
from caseflow.cases.rules import GlassFinding, GlassReason, Stream
from caseflow.demo.steps import taken_on
from caseflow.demo.stories_arriving import Told
from caseflow.demo.teller import Teller
from caseflow.intake.codes import IndexReason
from caseflow.intake.rules import Source
from caseflow.staff import cover


def few_may_know(t: Teller) -> Told:
    """A rival's family works nearby: only the worker, one supervisor and the lead know."""
    case = taken_on(t, "few-may-know", began=40, worker="priya", person={"born_on": t.born(17)})
    with t.at(t.ago(20, "09:10"), t.cast["sunita"]) as by:
        need_to_know.restrict(
            case, by=by, why="Somebody in another team is related to the other side."
        )
    yield "few-may-know", case


def a_colleague_knows_them(t: Teller) -> Told:
    """Leon said that he knows the family: for him this young person does not exist."""
    case = taken_on(
        t,
        "colleague-knows-them",
        began=22,
        worker="tomasz",
        source=Source.PROBATION,
        stream=Stream.FOCUSED_DETERRENCE,
        what=IndexReason.EXPLOITATION,
        person={"born_on": t.born(19)},
    )
    with t.at(t.ago(8, "16:45"), t.cast["leon"]) as by:
        need_to_know.set_conflict(case, by, by=by)
    yield "colleague-knows-them", case


def opened_elsewhere(t: Teller) -> Told:
    """Two emergency openings by the other team: one was reviewed, one waits. Priya covers."""
    case = taken_on(
        t, "opened-elsewhere", began=50, worker="callum", person={"born_on": t.born(16)}
    )
    wanted = Wanted(reference=case.reference)
    with t.at(t.ago(9, "18:20"), t.cast["hodan"]) as by:
        first = glass.break_glass(
            by,
            wanted,
            code=GlassReason.ARRIVED,
            reason="He came to the youth centre upset and asked for Callum, who was off.",
        )
    with t.at(t.ago(8, "09:30"), t.cast["sunita"]) as by:
        if first is not None:
            glass.review(
                first,
                by=by,
                finding=GlassFinding.JUSTIFIED,
                note="Spoke to Hodan and to Callum. She rang his aunt, as the plan says.",
            )
    with t.at(t.hours_ago(5), t.cast["tomasz"]) as by:
        glass.break_glass(
            by,
            wanted,
            code=GlassReason.THREAT,
            reason="A message says somebody is waiting outside his college this afternoon.",
        )
    with t.at(t.ago(1, "17:00"), t.cast["sunita"]) as by:
        now = t.ago(1, "17:00")
        cover.set_cover(
            t.cast["priya"],
            t.cast["callum"],
            from_at=now,
            until_at=now + timedelta(days=6),
            by=by,
        )
    yield "opened-elsewhere", case
