"""Two records of one young person: finding the other, merging them, undoing it."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.access.predicates import may
from caseflow.audit import actions as audit
from caseflow.casefile import person_page
from caseflow.casefile.blueprint import bp
from caseflow.casefile.merge_forms import MergeForm, SameForm, UnmergeForm
from caseflow.cases.models import Case
from caseflow.cases.queries import case_in_sight, other_episodes, with_reference
from caseflow.cases.shown import Shown
from caseflow.kernel.choice_fields import Item
from caseflow.kernel.errors import Problem, Stale
from caseflow.kernel.screens import problems_at, show_form
from caseflow.people import merges
from caseflow.people.models import Merge, Person
from caseflow.people.queries import aliases_of, contact_points
from caseflow.staff.current import me
from caseflow.staff.models import User

NOT_FOUND = "There is no other record that you may merge with that reference"
# Line by line; and what is not even counted for who may not know of both young people.
LISTED = {"episode", "contact_point", "person_alias", "keep_apart"}
# What else may belong to a person, in words: one, many.
BELONGS = {
    "related_person": ("person around them", "people around them"),
    "consent": ("decision about consent", "decisions about consent"),
    "flag": ("flag", "flags"),
    "restriction": ("restriction", "restrictions"),
    "named_access": ("person on its list", "people on its list"),
    "conflict": ("conflict of interest", "conflicts of interest"),
}  # fmt: skip


@dataclass(frozen=True)
class Moving:
    """What would come over: the episodes in sight, and counts of the rest in words."""

    cases: list[Case]
    names: list[str]
    numbers: list[str]
    counts: list[str]


def _twin(user: User, records: dict[str, Any], case_id: uuid.UUID) -> Case | None:
    """Another young person's case. Who may merge the one has to be allowed the other as well."""
    case, twin = records["case"], case_in_sight(user, case_id)
    if twin is None or twin.person_id == case.person_id:
        return None
    may_one, may_other = (
        may(user.actor, Permission.PERSON_MERGE, one.held) for one in (case, twin)
    )
    return None if may_one and not may_other else twin


def _merge(_: User, records: dict[str, Any], merge_id: uuid.UUID) -> Merge | None:
    return merges.merge_into(records["case"].person, merge_id)


MERGE_LOADERS = {"twin": _twin, "merge": _merge}


@bp.route("/cases/<uuid:case>/same-person", methods=["GET", "POST"])
@requires(Permission.PERSON_MERGE)
def same_person(case: Case) -> Response:
    form = SameForm()
    if form.validate_on_submit():
        with problems_at(form):
            return redirect(url_for("casefile.merge", case=case.id, twin=_found(form, case).id))
    return show_form("casefile/same_person.html", form, case=case)


def _found(form: SameForm, case: Case) -> Case:
    """Absent, out of sight and not theirs to merge are one answer."""
    found = with_reference(me(), form.reference.data)
    twin = _twin(me(), {"case": case}, found.id) if found else None
    if twin is None:
        raise Problem(NOT_FOUND, "reference")
    return twin


@bp.route("/cases/<uuid:case>/same-person/<uuid:twin>", methods=["GET", "POST"])
@requires(Permission.PERSON_MERGE)
def merge(case: Case, twin: Case) -> Response:
    kept, absorbed, shown = case.person, twin.person, Shown(me(), case)
    form = MergeForm(version=_version(kept, absorbed), take=merges.better(kept, absorbed))
    form.take.choices = [
        Item(name, f"{merges.FIELDS[name]}: {_said(absorbed, name)}", f"Here: {_said(kept, name)}")
        for name in merges.differing(kept, absorbed)
        if name not in shown.kept_back
    ]
    if form.validate_on_submit():
        with problems_at(form):
            if form.version.data != _version(kept, absorbed):
                form.version.data = _version(kept, absorbed)
                raise Stale("One of the two was changed after you opened the page. Look again.")
            merges.merge(kept, absorbed, by=me().id, why=form.why.data, take=form.take.data)
            flash("They are one record now. It can be undone below.", "saved")
            return redirect(url_for("casefile.person", case=case.id, _anchor="merges"))
    return show_form(
        "casefile/merge.html",
        form,
        case=case,
        twin=twin,
        lines=_side_by_side(case, twin),
        moving=_moving(twin),
    )


@bp.route("/cases/<uuid:case>/merges/<uuid:merge>", methods=["GET", "POST"])
@requires(Permission.PERSON_MERGE)
def unmerge(case: Case, merge: Merge) -> Response:
    form = UnmergeForm()
    if form.validate_on_submit():
        with problems_at(form):
            merges.unmerge(merge, by=me().id, why=form.why.data)
            flash("They are two records again.", "saved")
            return redirect(url_for("casefile.person", case=case.id))
    if merge.undone_at is not None and not form.is_submitted():
        flash("That merge was undone already.", "important")
        return redirect(url_for("casefile.person", case=case.id))
    return show_form("casefile/unmerge.html", form, case=case, merge=merge)


def _version(kept: Person, absorbed: Person) -> int:
    """Either only ever counts up."""
    return kept.version + absorbed.version


def _side_by_side(case: Case, twin: Case) -> list[tuple[str, str, str]]:
    """(what, here, there) of what either record says."""
    here, there = (person_page.identity_lines(one.person, Shown(me(), one)) for one in (case, twin))
    return [
        (mine.key, mine.value, theirs.value)
        for mine, theirs in zip(here, there, strict=True)
        if mine.value or theirs.value
    ]


def _moving(twin: Case) -> Moving:
    cases = [twin, *other_episodes(twin, me())]
    audit.shown(case.id for case in cases)
    counts = merges.rows_of(twin.person)
    return Moving(
        cases,
        [alias.name for alias in aliases_of(twin.person)],
        [point.value for point in contact_points(twin.person)],
        [_counted(name, count) for name, count in counts.items() if name not in LISTED],
    )


def _counted(table: str, count: int) -> str:
    usual = table.replace("_", " ")
    one, many = BELONGS.get(table, (usual, f"{usual}s"))
    return f"{count} {one if count == 1 else many}"


def _said(person: Person, name: str) -> str:
    if name == "born_on":
        return person_page.born_words(person) or "not recorded"
    if name == "address":
        parts = (person.address, person.postcode)
        return ", ".join(part for part in parts if part) or "not recorded"
    value = getattr(person, name)
    return str(getattr(value, "label", value) or "not recorded")
