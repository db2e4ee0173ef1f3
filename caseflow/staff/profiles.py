"""What each worker is good at and which languages they speak, kept by a supervisor of the team."""

import uuid
from collections.abc import Collection, Iterable

from sqlalchemy import select

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem
from caseflow.staff.models import User, WorkerProfile
from caseflow.staff.rules import Skill

MOST_LANGUAGES = 12


def profiles_of(user_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, WorkerProfile]:
    """One for each; an empty one for whom nobody has said anything of."""
    wanted = list(user_ids)
    found = db.session.scalars(select(WorkerProfile).where(WorkerProfile.user_id.in_(wanted)))
    empty = {key: WorkerProfile(user_id=key, skills=[], languages=[]) for key in wanted}
    return empty | {profile.user_id: profile for profile in found}


def set_profile(
    worker: User, *, skills: Collection[Skill], languages: Iterable[str], by: User
) -> WorkerProfile:
    if by.team_id is None or worker.team_id != by.team_id:
        raise Problem("Choose somebody of your team.")
    named = list(dict.fromkeys(" ".join(language.split()).capitalize() for language in languages))
    named = [language for language in named if language]
    if len(named) > MOST_LANGUAGES:
        raise Problem(f"{MOST_LANGUAGES} languages at most.", "languages")
    profile = db.session.get(WorkerProfile, worker.id) or WorkerProfile(user_id=worker.id)
    profile.skills = sorted(skill.value for skill in skills)
    profile.languages = named
    profile.set_at, profile.set_by_id = clock.now(), by.id
    db.session.add(profile)
    db.session.flush()
    audit.record(
        Event.WORKER_PROFILE_SET,
        user=str(worker.id),
        skills=profile.skills,
        languages=len(named),
    )
    return profile
