from datetime import timedelta

from caseflow.notices import rules


def test_each_try_waits_longer_than_the_last():
    minutes = [rules.wait_after(tries) / timedelta(minutes=1) for tries in range(1, 5)]
    assert minutes == [15, 30, 60, 120]


def test_the_same_causes_make_the_same_number_in_any_order():
    one = rules.message_id(["a", "b"], "x.example")
    assert one == rules.message_id(["b", "a"], "x.example")
    assert one != rules.message_id(["a", "c"], "x.example")
    assert one.endswith("@x.example>")


def test_the_last_try_says_that_it_was_given_up():
    assert rules.problem_words("It answered 550", 5).startswith("Given up after 5 tries")
    assert rules.problem_words("It answered 550", 4) == "It answered 550"
