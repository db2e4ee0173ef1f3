"""What signing in leaves behind, thrown away once it can mean nothing any more."""

from caseflow.staff import challenges, kept, throttle


def forget_what_is_over() -> None:
    kept.throw_away_old()
    challenges.forget_spent()
    throttle.forget_old()
