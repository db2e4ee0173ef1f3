"""What may be set aside, and what may be done with it then."""

from caseflow.kernel.words import Words

LONGEST_WHY = 300


class Kind(Words):
    CONTACT = "contact"
    ASSESSMENT = "assessment", "Needs assessment"
    RISK = "risk", "Risk assessment"
    SAFETY_PLAN = "safety_plan"
    REVIEW = "review"
    GOAL = "goal"
    ACTION = "action", "Action of the plan"
    ONWARD = "onward", "Onward referral"


class State(Words):
    ASIDE = "aside", "Set aside"
    BACK = "back", "Put back"
    MOVED = "moved", "Moved to another record"


class Step(Words):
    SET_ASIDE = "set_aside", "Set aside"
    LEFT = "left", "Left set aside"
    PUT_BACK = "put_back", "Put back"
    MOVED = "moved", "Moved to another record"
    MOVE_UNDONE = "move_undone", "The move was undone"


# Step → (the state it is taken in, the state it leads to). Setting aside begins it.
STEPS = {
    Step.LEFT: (State.ASIDE, State.ASIDE),
    Step.PUT_BACK: (State.ASIDE, State.BACK),
    Step.MOVED: (State.ASIDE, State.MOVED),
    Step.MOVE_UNDONE: (State.MOVED, State.ASIDE),
}
