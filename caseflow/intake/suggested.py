"""What a case asks of its worker, and who of the team could best take it."""

from caseflow.cases import keeping_apart
from caseflow.cases.knowers import in_conflict
from caseflow.cases.models import Case
from caseflow.cases.queries import loads_of
from caseflow.cases.rules import Stream
from caseflow.cases.shown import Shown
from caseflow.cases.suggesting import WORTH, Candidate, Suggestion, Wanted, suggest
from caseflow.intake.codes import IndexReason
from caseflow.intake.queries import reasons_of, referrals_of
from caseflow.kernel import clock
from caseflow.kernel.settings import setting
from caseflow.people.queries import live_flags
from caseflow.people.rules import FlagKind, Safe, Sex, age_on
from caseflow.staff.models import User
from caseflow.staff.profiles import profiles_of
from caseflow.staff.queries import workers_in
from caseflow.staff.rota import keeps_rota, on_shift
from caseflow.staff.rules import Skill

BY_REASON = {
    IndexReason.EXPLOITATION: Skill.EXPLOITATION,
    IndexReason.SEXUAL_ASSAULT: Skill.SEXUAL_HARM,
    IndexReason.WITNESS_BEREAVED: Skill.BEREAVEMENT,
    IndexReason.DOMESTIC_ABUSE: Skill.DOMESTIC_ABUSE,
}
BY_FLAG = {
    FlagKind.SEND: Skill.SEND,
    FlagKind.EXPLOITATION_CRIMINAL: Skill.EXPLOITATION,
    FlagKind.EXPLOITATION_SEXUAL: Skill.EXPLOITATION,
    FlagKind.SUICIDAL_IDEATION: Skill.MENTAL_HEALTH,
    FlagKind.SELF_HARM: Skill.MENTAL_HEALTH,
}
BY_STREAM = {
    Stream.CUSTODY: Skill.CUSTODY,
    Stream.FOCUSED_DETERRENCE: Skill.FOCUSED_DETERRENCE,
}
YOUNG_CHILD = 14


def suggestions(case: Case, reader: User) -> list[Suggestion]:
    """Nobody for whom this young person does not exist; whoever holds the case is left out."""
    workers = {one.id: one for one in workers_in(case.team_id) if one.id != case.worker_id}
    for refused in in_conflict(case.person_id, list(workers)):
        del workers[refused]
    now = clock.now()
    loads, profiles = loads_of(workers, seen_by=reader), profiles_of(workers)
    warned = keeping_apart.concerns(case, workers, reader)
    has_rota = keeps_rota(case.team_id, now)
    there = {user.id for user in on_shift(case.team_id, now)}
    return suggest(
        (
            Candidate(
                worker_id=key,
                name=worker.name,
                load=loads[key],
                is_on_shift=key in there if has_rota else None,
                skills=profiles[key].known_skills,
                languages=tuple(profiles[key].languages),
                has_concern=key in warned,
            )
            for key, worker in workers.items()
        ),
        wanted_by(case, reader),
        setting("suggested_worker", WORTH),
    )


def wanted_by(case: Case, reader: User) -> Wanted:
    """A flag that ``reader`` may not read whole asks for nothing: the reason would say it."""
    person, shown = case.person, Shown(reader, case)
    reasons = {found.reason for referral in referrals_of(case) for found in reasons_of(referral)}
    flags = {flag.kind for flag in live_flags(person) if shown.is_whole(flag)}
    asked = [
        *(BY_REASON[reason] for reason in IndexReason if reason in reasons & BY_REASON.keys()),
        *(BY_FLAG[kind] for kind in FlagKind if kind in flags & BY_FLAG.keys()),
        *(skill for stream, skill in BY_STREAM.items() if stream is case.stream),
        *([Skill.YOUNG_WOMEN] if person.sex is Sex.FEMALE else []),
    ]
    if person.born_on and age_on(person.born_on, clock.today()) < YOUNG_CHILD:
        asked.append(Skill.CHILDREN)
    language = "" if person.needs_interpreter is Safe.NO else person.language
    return Wanted({skill: f"Skilled in {skill.label.lower()}" for skill in asked}, language)
