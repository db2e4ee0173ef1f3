from caseflow.cases.lifecycle import Stage
from caseflow.kernel import clock as time
from caseflow.reviews import queries as due
from tests import builders


def test_what_is_due_on_a_day_has_the_whole_of_that_day(session, sign_in, clock) -> None:
    clock("2026-11-03 10:00")
    case = builders.case_at(Stage.LONG_TERM)
    me = sign_in(case.worker)
    review = next(item for item in due.open_items(case) if item.kind.value == "review")
    the_day = time.local(review.due_at).date()
    clock(f"{the_day} 19:00")
    assert "Late" not in _review_line(me, case)
    clock.forward(hours=6)
    me = sign_in(case.worker)
    assert "Late" in _review_line(me, case)


def _review_line(client, case) -> str:
    lines = client.get(f"/cases/{case.id}").html.xpath(
        "//dl[@class='cf-matters']//div[@class='cf-matter__line']"
    )
    return next(
        text for line in lines if (text := line.text_content().strip()).startswith("Review")
    )
