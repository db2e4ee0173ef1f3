"""Pages of docs/ that are printed from the code, so that they cannot say something else."""

import json
from collections.abc import Iterable

from flask import Flask

from caseflow.access import declare
from caseflow.access.grants import (
    GRANTS,
    NEEDS_FRESH_FACTOR,
    NEEDS_OPEN_CASE,
    ONLY_IN_FOCUSED_DETERRENCE,
)
from caseflow.access.permissions import Permission, Role
from caseflow.cases.lifecycle import MOVES
from caseflow.evaluation.columns import TABLES, dictionary
from caseflow.intake import columns, fhir, openapi

PRINTED = "*Printed from the code by `caseflow docs`; a test compares.*\n"


PAGES = (
    "access.md",
    "data-dictionary.md",
    "fhir-openapi.json",
    "lifecycle.md",
    "referral-messages.md",
    "spreadsheets.md",
)


def pages(app: Flask) -> dict[str, str]:
    return {
        "access.md": access() + addresses(app),
        "data-dictionary.md": data_dictionary(),
        "fhir-openapi.json": json.dumps(openapi.document(), indent=2, ensure_ascii=False) + "\n",
        "lifecycle.md": lifecycle(),
        "referral-messages.md": referral_messages(),
        "spreadsheets.md": spreadsheets(),
    }


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(headings)
    lines = [names, ["---"] * len(names), *rows]
    return "".join(f"| {' | '.join(_one_line(c) for c in line)} |\n" for line in lines)


def _one_line(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def access() -> str:
    short = {role: role.label for role in Role}
    rows = [
        [
            permission.label + _marks(permission),
            *(_granted(permission, role) for role in Role),
        ]
        for permission in Permission
    ]
    return (
        "# Who may do what\n\n" + PRINTED + "\n"
        "**own**: the worker who holds the case (for an operation: who entered it). **team**: "
        "anybody in the team that holds it. **any**: every record. **–**: refused. "
        "† refused on a closed case, whoever asks. ‡ only in focused deterrence. "
        "§ asks for a second factor again when the last one was shown more than five minutes "
        "ago.\n\n"
        "What a person may not open does not exist for them: the same answer as for a record that "
        "is not there.\n\n" + _table(["", *short.values()], rows)
    )


def _marks(permission: Permission) -> str:
    marks = {" †": NEEDS_OPEN_CASE, " §": NEEDS_FRESH_FACTOR}
    return "".join(mark for mark, marked in marks.items() if permission in marked)


def addresses(app: Flask) -> str:
    """From the routes themselves: whoever loosens one changes this page with it."""
    rows = [
        [
            f"`{rule.rule}`",
            ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})),
            _needed(app.view_functions[rule.endpoint]),
        ]
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    ]
    return (
        "\n## Which address needs what\n\n"
        "**¶** asked by the page itself: it keeps no session alive.\n\n"
        + _table(["Address", "Methods", "Needs"], rows)
    )


_UNSIGNED = {
    declare.PUBLIC: "Nothing: open to anybody",
    declare.MACHINE: "A sending system’s own secret; no session",
}


def _needed(view: declare.View) -> str:
    needs = declare.declared(view)
    words = needs.label if isinstance(needs, Permission) else _UNSIGNED[str(needs)]
    return words + (" ¶" if declare.is_passive(view) else "")


def _granted(permission: Permission, role: Role) -> str:
    relation = GRANTS[permission].get(role)
    if relation is None:
        return "–"
    return relation.value + (" ‡" if (permission, role) in ONLY_IN_FOCUSED_DETERRENCE else "")


def data_dictionary() -> str:
    parts = ["# Data dictionary of the evaluation dataset\n\n", PRINTED, "\n"]
    parts.append(
        "Pseudonyms are keyed to the installation: the same record has the same pseudonym in every "
        "file, and nobody without the key can make one. Whoever refused or withdrew the use of "
        "their record in evaluation is in none of the files. A blank is never a zero.\n"
    )
    for table in TABLES:
        rows = [row[1:] for row in dictionary() if row[0] == table.name]
        parts.append(f"\n## {table.name}.csv\n\n{table.unit[0].upper()}{table.unit[1:]}.\n\n")
        parts.append(_table(["Column", "Heading", "Meaning", "Source", "Sensitivity"], rows))
    return "".join(parts)


def lifecycle() -> str:
    rows = [
        [
            start.label,
            end.label,
            move.permission.label,
            "yes" if move.needs_reason else "",
            ", ".join(
                guard.__name__.removeprefix("needs_").replace("_", " ") for guard in move.guards
            ),
        ]
        for (start, end), move in MOVES.items()
    ]
    headings = ["From", "To", "Who may", "Reason", "What must be true first"]
    return (
        "# The stages of an episode\n\n" + PRINTED + "\n"
        "Every move is a row in the record, with who, when and why. What is not in this table "
        "cannot happen.\n\n" + _table(headings, rows)
    )


def referral_messages() -> str:
    return (
        "# What is read from a hospital's referral message\n\n" + PRINTED + "\n"
        "BaRS / UK Core FHIR R4 message bundles and STU3 ones (ReferralRequest), XML or JSON, read "
        "leniently. What has no field of its own is kept with the referral in the sender’s words, "
        "and each message is kept whole. The newest word by the senders’ clocks holds, in whatever "
        "order messages arrive; what a person wrote stands, and is asked about.\n\n"
        + _table(["Field", "Where in the message", "Notes"], fhir.mapping())
    )


def spreadsheets() -> str:
    rows = [[f"`{c.name}`", c.label, ", ".join(c.headings)] for c in columns.COLUMNS]
    return (
        "# What is read from a spreadsheet\n\n" + PRINTED + "\n"
        "`caseflow sheet FILE --sender NAME --source SOURCE` brings in a CSV or XLSX file, one "
        "referral a row; `--look` says first what would become of it. A column is known by its "
        "heading, however it is capitalised; `--column FIELD=HEADING` corrects it, and is "
        "remembered for this sender and these headings. What has no field is kept with the "
        "referral in the sender’s words. A row is brought in once: it is known again by the "
        "sender’s own number for it, else by all it says.\n\n"
        + _table(["Field", "What it is", "Headings that mean it"], rows)
    )
