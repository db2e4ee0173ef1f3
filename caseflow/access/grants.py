"""The truth table: who may do what, to which records. What is not written here is refused.

OWN   the worker who holds the case, or covers for who holds it
TEAM  anybody in the team that holds it (so OWN as well); for an operation, its enterer's own
ANY   every record, or a page that belongs to no record
"""

from caseflow.access.permissions import Permission as P
from caseflow.access.permissions import Role as R
from caseflow.kernel.words import Words


class Relation(Words):
    OWN = "own", "the worker who holds it, or covers for them,"
    TEAM = "team", "anybody in the team that holds it"
    ANY = "any", "every record"


OWN, TEAM, ANY = Relation.OWN, Relation.TEAM, Relation.ANY

GRANTS: dict[P, dict[R, Relation]] = {
    P.CASE_VIEW: {R.YOUTH_WORKER: TEAM, R.SUPERVISOR: TEAM, R.SAFEGUARDING_LEAD: ANY},
    P.LOOKS_VIEW: {R.YOUTH_WORKER: OWN, R.SUPERVISOR: TEAM},
    P.CASE_PRINT: {R.YOUTH_WORKER: TEAM, R.SUPERVISOR: TEAM, R.SAFEGUARDING_LEAD: ANY},
    P.CASE_ALLOCATE: {R.SUPERVISOR: TEAM},
    P.CASE_HAND_OVER: {R.YOUTH_WORKER: OWN, R.SUPERVISOR: TEAM},
    P.MISSED_CONFIRM: {R.YOUTH_WORKER: OWN, R.SUPERVISOR: TEAM},
    P.CASE_MOVE: {R.YOUTH_WORKER: OWN, R.SUPERVISOR: TEAM},
    P.CASE_REOPEN: {R.YOUTH_WORKER: OWN, R.SUPERVISOR: TEAM},
    P.TRIAGE: {R.YOUTH_WORKER: TEAM, R.SUPERVISOR: TEAM},
    P.TRIAGE_CONFIRM: {R.SUPERVISOR: TEAM},
    P.PERSON_EDIT: {R.YOUTH_WORKER: OWN, R.SUPERVISOR: TEAM},
    P.PERSON_MERGE: {R.SUPERVISOR: TEAM, R.SAFEGUARDING_LEAD: ANY},
    P.FLAG_SET: {R.YOUTH_WORKER: OWN, R.SUPERVISOR: TEAM, R.SAFEGUARDING_LEAD: ANY},
    P.CONTACT_LOG: {R.YOUTH_WORKER: OWN, R.SUPERVISOR: TEAM},
    P.CONTACT_WITHDRAW: {R.YOUTH_WORKER: OWN, R.SUPERVISOR: TEAM},
    P.ASSESS: {R.YOUTH_WORKER: OWN, R.SUPERVISOR: TEAM},
    P.PLAN_EDIT: {R.YOUTH_WORKER: OWN, R.SUPERVISOR: TEAM},
    P.OPERATION_LINK: {R.YOUTH_WORKER: OWN, R.SUPERVISOR: TEAM},
    P.REVIEW_HOLD: {R.YOUTH_WORKER: OWN, R.SUPERVISOR: TEAM},
    P.CLOSURE_ASK: {R.YOUTH_WORKER: OWN, R.SUPERVISOR: TEAM},
    P.CLOSURE_DECIDE: {R.SUPERVISOR: TEAM},
    P.SUMMARY_MAKE: {R.YOUTH_WORKER: OWN, R.SUPERVISOR: TEAM},
    P.ADDRESS_VIEW: {R.YOUTH_WORKER: OWN, R.SUPERVISOR: TEAM, R.SAFEGUARDING_LEAD: ANY},
    P.SCHOOL_VIEW: {R.YOUTH_WORKER: OWN, R.SUPERVISOR: TEAM, R.SAFEGUARDING_LEAD: ANY},
    P.FLAG_VIEW: {R.YOUTH_WORKER: TEAM, R.SUPERVISOR: TEAM, R.SAFEGUARDING_LEAD: ANY},
    P.POLICE_PROVIDED_VIEW: {R.YOUTH_WORKER: OWN, R.SUPERVISOR: TEAM, R.SAFEGUARDING_LEAD: ANY},
    P.MESSAGE_VIEW: {R.YOUTH_WORKER: OWN, R.SUPERVISOR: TEAM, R.SAFEGUARDING_LEAD: ANY},
    P.CASE_RESTRICT: {R.SUPERVISOR: TEAM, R.SAFEGUARDING_LEAD: ANY},
    P.CONFLICT_SET: {R.YOUTH_WORKER: TEAM, R.SUPERVISOR: TEAM, R.SAFEGUARDING_LEAD: ANY},
    P.COVER_SET: {R.SUPERVISOR: ANY},
    P.BREAK_GLASS: {R.YOUTH_WORKER: ANY, R.SUPERVISOR: ANY},
    P.GLASS_REVIEW: {
        R.SUPERVISOR: TEAM,
        R.SAFEGUARDING_LEAD: ANY,
        R.INFORMATION_GOVERNANCE: ANY,
    },
    P.REFERRAL_ADD: {R.YOUTH_WORKER: ANY, R.SUPERVISOR: ANY},
    P.KNOWN_SEARCH: {R.YOUTH_WORKER: ANY, R.SUPERVISOR: ANY},
    P.REFUSED_VIEW: {R.SUPERVISOR: ANY},
    P.MY_DAY: {R.YOUTH_WORKER: ANY, R.SUPERVISOR: ANY},
    P.DUTY_VIEW: {R.YOUTH_WORKER: ANY, R.SUPERVISOR: ANY},
    P.MISSED_VIEW: {R.SUPERVISOR: ANY},
    P.MISSED_COUNT: {R.PROGRAMME_MANAGER: ANY},
    P.ROTA_SET: {R.SUPERVISOR: ANY},
    P.TEAM_BOARD: {R.SUPERVISOR: ANY},
    P.CASE_SEARCH: {R.YOUTH_WORKER: ANY, R.SUPERVISOR: ANY, R.SAFEGUARDING_LEAD: ANY},
    P.SERVICE_VIEW: {
        R.YOUTH_WORKER: ANY,
        R.SUPERVISOR: ANY,
        R.SAFEGUARDING_LEAD: ANY,
        R.PROGRAMME_MANAGER: ANY,
    },
    P.SERVICE_EDIT: {R.SUPERVISOR: ANY, R.PROGRAMME_MANAGER: ANY},
    P.OPERATION_VIEW: {R.SUPERVISOR: ANY, R.POLICE_LIAISON: OWN},
    P.OPERATION_EDIT: {R.SUPERVISOR: ANY, R.POLICE_LIAISON: OWN},
    P.PROGRAMME_VIEW: {R.PROGRAMME_MANAGER: ANY},
    P.DATASET_EXPORT: {R.PROGRAMME_MANAGER: ANY},
    P.USER_LIST: {R.ADMINISTRATOR: ANY},
    P.USER_MANAGE: {R.ADMINISTRATOR: ANY},
    P.FACTORS_APPROVE: {R.SUPERVISOR: ANY, R.ADMINISTRATOR: ANY},
    P.SYSTEM_MANAGE: {R.ADMINISTRATOR: ANY},
    P.SETTINGS_EDIT: {R.ADMINISTRATOR: ANY},
    P.AUDIT_READ: {R.INFORMATION_GOVERNANCE: ANY},
    P.OWN_ACCOUNT: dict.fromkeys(R, ANY),
    P.OWN_FACTORS: dict.fromkeys(R, ANY),
}

# A closed case refuses these, whoever asks; the reason is shown. The decision on a closure is not
# among them: the second of two supervisors is told who was first.
NEEDS_OPEN_CASE = frozenset(
    {
        P.CASE_ALLOCATE,
        P.CASE_HAND_OVER,
        P.CASE_MOVE,
        P.TRIAGE,
        P.ASSESS,
        P.PLAN_EDIT,
        P.OPERATION_LINK,
        P.CLOSURE_ASK,
    }
)

# What came from the police is for these roles only where support and police work side by side and
# the young person was told so: in focused deterrence.
ONLY_IN_FOCUSED_DETERRENCE = frozenset(
    {(P.POLICE_PROVIDED_VIEW, R.YOUTH_WORKER), (P.POLICE_PROVIDED_VIEW, R.SUPERVISOR)}
)

# All that an emergency opening gives, whoever opens: to read, and the flags that keep safe.
BY_GLASS = frozenset({P.CASE_VIEW, P.FLAG_VIEW})

# These ask for a second factor again when the last one is older than five minutes.
NEEDS_FRESH_FACTOR = frozenset(
    {
        P.DATASET_EXPORT,
        P.BREAK_GLASS,
        P.USER_MANAGE,
        P.OWN_FACTORS,
        P.FACTORS_APPROVE,
        P.SYSTEM_MANAGE,
    }
)
