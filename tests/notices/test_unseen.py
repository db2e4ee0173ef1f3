from caseflow.notices import actions, queries
from tests import builders


def test_the_count_and_the_inbox_are_each_persons_own(session) -> None:
    ana, ben = builders.worker(), builders.worker()
    actions.put_in_inbox(ana, cause="for Ana", text="You have 1 review due")
    assert (queries.unseen_count(ana), queries.unseen_count(ben)) == (1, 0)
    assert [item.cause for item in queries.inbox_of(ana)] == ["for Ana"]
    assert not queries.inbox_of(ben)
