"""Which tests could notice a mutant: by the file it is in and the words it uses, nearest first."""

import re
from pathlib import Path

from tests.verify.mutants import VISIBILITY, Mutant

DOCS = "tests/docs/test_handbook.py"
SWEEP = "tests/gate/test_sweep.py"
HIDDEN = "tests/casefile/test_knowing.py::test_a_hidden_record_is_in_no_list_no_count_and_no_hint"
INSIDE = f"{SWEEP}::test_a_foreign_record_inside_ones_own_case_is_absent"
FIRST = {
    "policy": [DOCS],
    "child": [INSIDE],
    "visibility": [HIDDEN],
    "predicate": ["tests/access", DOCS, "tests/cases/test_knowing.py", "tests/gate/test_fields.py"],
    "audit": ["tests/audit/test_every_row.py", "tests/staff/test_on_record.py"],
    "check": ["tests/gate/test_fields.py"],
}
QUICK = ("policy", "audit")
FIRST_OF = {
    VISIBILITY: ["tests/cases/test_visibility.py", "tests/cases/test_knowing.py",
                 "tests/casefile/test_knowing.py", "tests/casefile/test_glass.py"],
    "caseflow/cases/openings.py": ["tests/casefile/test_glass.py",
                                   "tests/casefile/test_knowing.py"],
    "caseflow/cases/glass.py": ["tests/casefile/test_glass.py"],
    "caseflow/cases/keeping_apart.py": ["tests/cases/test_keeping_apart.py"],
    "caseflow/intake/foresight.py": ["tests/rights/test_eligibility.py"],
    "caseflow/cases/knowers.py": ["tests/casefile/test_knowing.py"],
    "caseflow/cases/queries.py": ["tests/casefile/test_knowing.py"],
    "caseflow/cases/need_to_know.py": ["tests/casefile/test_knowing.py"],
    "caseflow/caseload/views.py": ["tests/caseload/test_team.py",
                                   "tests/casefile/test_knowing.py"],
    "caseflow/caseload/cover_views.py": ["tests/casefile/test_knowing.py"],
    "caseflow/caseload/board.py": ["tests/caseload/test_team.py"],
    "caseflow/casefile/person_views.py": ["tests/gate/test_fields.py"],
    "caseflow/intake/views.py": ["tests/intake/test_unknowing.py"],
    "caseflow/cases/views.py": ["tests/notices/test_views.py"],
    "caseflow/casefile/views.py": ["tests/casefile/test_knowing.py"],
    "caseflow/intake/quietly.py": ["tests/intake/test_unknowing.py"],
    "caseflow/intake/queries.py": ["tests/intake/test_unknowing.py",
                                   "tests/intake/test_messages.py"],
    "caseflow/reviews/queries.py": ["tests/casefile/test_knowing.py"],
    "caseflow/reviews/untold.py": ["tests/casefile/test_knowing.py",
                                   "tests/reviews/test_reminders.py"],
    "caseflow/staff/models.py": ["tests/cases/test_knowing.py", "tests/staff/test_evaluator.py",
                                 "tests/casefile/test_knowing.py"],
    "caseflow/staff/sessions.py": ["tests/staff/test_sessions.py", "tests/staff/test_ward.py"],
    "caseflow/staff/kept.py": ["tests/staff/test_kept.py", "tests/staff/test_sessions.py"],
    "caseflow/staff/throttle.py": [
        "tests/staff/test_throttle.py::test_guesses_from_everywhere_at_everybody_add_up",
        "tests/staff/test_throttle.py",
    ],
    "caseflow/staff/signing_in.py": ["tests/staff/test_sign_in.py", "tests/staff/test_codes.py",
                                     "tests/staff/test_links.py"],
    "caseflow/__init__.py": ["tests/gate/test_offers.py"],
    "caseflow/cases/header.py": ["tests/gate/test_offers.py"],
    "caseflow/casefile/move_views.py": ["tests/gate/test_offers.py",
                                        "tests/casefile/test_moves.py"],
    "caseflow/casefile/knowing_views.py": ["tests/casefile/test_knowing.py"],
    "caseflow/staff/links.py": ["tests/staff/test_links.py"],
    "caseflow/staff/devices.py": ["tests/staff/test_devices.py"],
    "caseflow/gate.py": ["tests/gate/test_gate.py", "tests/staff/test_sessions.py",
                         "tests/staff/test_kept.py", "tests/gate/test_pace.py",
                         "tests/casefile/test_glass.py",
                         "tests/staff/test_confirm.py"],
    "caseflow/upkeep.py": ["tests/test_backup.py", "tests/kernel/test_rotation.py"],
    "caseflow/kernel/same_site.py": ["tests/gate/test_cross_site.py", "tests/gate/test_limits.py"],
    "caseflow/pace.py": ["tests/gate/test_pace.py"],
}  # fmt: skip
EVERYWHERE = ["tests/gate", "tests/cases", "tests/architecture/test_routes.py"]


def tests_near(mutant: Mutant, tree: Path) -> list[list[str]]:
    """In turn: those made for such a thing, those that name it, its room's, the rest."""
    room = mutant.path.split("/")[1].removesuffix(".py")
    named = _naming(mutant, tree)
    turns = [
        _made_for(mutant),
        [name for name in named if name.startswith(f"tests/{room}/")],
        [f"tests/{room}", *named],
        EVERYWHERE,
    ]
    found: list[list[str]] = []
    done: set[str] = set()
    for turn in turns:
        files = dict.fromkeys(file for name in turn for file in _files(name, tree))
        found.append([file for file in files if file not in done and _is_fit(file)])
        done |= files.keys()
    return [turn for turn in found if turn]


def _made_for(mutant: Mutant) -> list[str]:
    """Those of the kind first where they are quick and find nearly all."""
    by_kind, by_place = FIRST.get(mutant.kind, []), FIRST_OF.get(mutant.path, [])
    return [*by_kind, *by_place] if mutant.kind in QUICK else [*by_place, *by_kind]


def _files(name: str, tree: Path) -> list[str]:
    place = tree / name.partition("::")[0]
    if place.is_dir():
        return [str(file.relative_to(tree)) for file in sorted(place.glob("test_*.py"))]
    return [name] if place.exists() else []


def _naming(mutant: Mutant, tree: Path) -> list[str]:
    """Tests that say the function's name, or its event's."""
    words = {mutant.function.rpartition(".")[2].removeprefix("_")}
    words |= set(re.findall(r"Event\.(\w+)", mutant.was))
    said = re.compile("|".join(rf"\b{word}\b" for word in sorted(words)))
    files = sorted((tree / "tests").glob("*/test_*.py"))
    return [str(one.relative_to(tree)) for one in files if said.search(one.read_text("utf-8"))]


def _is_fit(name: str) -> bool:
    """Not this check itself, and nothing that takes minutes."""
    return not name.startswith(("tests/verify", "tests/journeys", "tests/migrations", "tests/demo"))
