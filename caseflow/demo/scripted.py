"""The scripted young people, one for each state and each edge case worth seeing, in order."""

from collections.abc import Callable

from caseflow.demo import stories_arriving as arriving
from caseflow.demo import stories_edges as edges
from caseflow.demo import stories_ended as ended
from caseflow.demo import stories_helped as helped
from caseflow.demo import stories_known as known
from caseflow.demo import stories_operation as operation
from caseflow.demo import story_of_dash
from caseflow.demo.stories_arriving import Told
from caseflow.demo.teller import Teller

Story = Callable[[Teller], Told]
STORIES: tuple[Story, ...] = (
    arriving.hospital_message_today,
    arriving.unknown_identity,
    arriving.waiting_for_details,
    arriving.not_eligible,
    arriving.no_date_of_birth,
    arriving.provisional_triage,
    arriving.shared_phone,
    arriving.estimated_birth,
    arriving.turned_down,
    helped.declined_then_reoffered,
    arriving.never_reached,
    helped.assessment_under_way,
    helped.review_due_today,
    helped.review_overdue,
    edges.turned_18,
    helped.safety_plan_out_of_date,
    ended.closure_waiting,
    story_of_dash.good_outcome,
    edges.paused_in_custody,
    helped.onward_referral_refused,
    arriving.withdrawn_by_sender,
    operation.operation_linked,
    edges.focused_deterrence,
    ended.re_presentation,
    edges.siblings,
    edges.right_to_left_name,
    edges.long_notes,
    edges.interpreter,
    ended.stopped_coming,
    ended.handed_over,
    ended.went_to_custody,
    ended.moved_away,
    ended.died,
    ended.no_longer_safe,
    known.few_may_know,
    known.a_colleague_knows_them,
    known.opened_elsewhere,
)
