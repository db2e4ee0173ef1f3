"""Where referrals come from. Source: domain.md §1.3."""

from caseflow.cases.rules import Stream
from caseflow.kernel.words import Words


class Source(Words):
    ED_CLINICIAN = "ed_clinician", "Emergency department clinician"
    ED_BOARD = "ed_board", "Youth worker's check of the ED board"
    TRAUMA_WARD = "trauma_ward", "Trauma or surgical ward"
    CHILDRENS_WARD = "childrens_ward", "Children's ward"
    HOSPITAL_SAFEGUARDING = "hospital_safeguarding", "Hospital safeguarding team"
    LIAISON_PSYCHIATRY = "liaison_psychiatry"
    OTHER_NHS = "other_nhs", "Other NHS: GP, ambulance, urgent care"
    OTHER_HOSPITAL = "other_hospital", "Another hospital's youth service"
    CUSTODY = "custody"
    POLICE_OPERATION = "police_operation", "After a police operation"
    YJS = "yjs", "Youth justice service"
    PROBATION = "probation"
    SOCIAL_CARE = "social_care", "Children's social care"
    EARLY_HELP = "early_help"
    SCHOOL = "school", "School or college"
    OUTREACH = "outreach", "Street outreach"
    VOLUNTARY = "voluntary", "Voluntary sector"
    HOUSING = "housing"
    SELF = "self", "The young person"
    PARENT = "parent", "Parent or carer"
    PEER = "peer", "A friend"


class Urgency(Words):
    ROUTINE = "routine", "Next shift is fine"
    URGENT = "urgent", "Today"
    NOW = "now", "See them now"


STREAM_OF = {
    Source.CUSTODY: Stream.CUSTODY,
    Source.POLICE_OPERATION: Stream.OPERATION,
    Source.OUTREACH: Stream.OUTREACH,
    Source.SELF: Stream.OUTREACH,
    Source.PARENT: Stream.OUTREACH,
    Source.PEER: Stream.OUTREACH,
    Source.SCHOOL: Stream.OUTREACH,
    Source.YJS: Stream.OUTREACH,
    Source.PROBATION: Stream.OUTREACH,
    Source.SOCIAL_CARE: Stream.OUTREACH,
    Source.EARLY_HELP: Stream.OUTREACH,
    Source.VOLUNTARY: Stream.OUTREACH,
    Source.HOUSING: Stream.OUTREACH,
}


def stream_of(source: Source) -> Stream:
    return STREAM_OF.get(source, Stream.HOSPITAL)
