"""What can go wrong, in words for the person who has to mend it."""

from datetime import timedelta


class Problem(Exception):
    """Something the person can put right; shown at the field when it names one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Refused(Problem):
    """Not allowed for this person or this record; the reason may be shown."""


class Stale(Problem):
    """Somebody else changed the record after this form was opened."""


class TooOften(Problem):
    """Nothing was tried: whoever asked has to wait."""

    def __init__(self, message: str, *, wait: timedelta, field: str | None = None) -> None:
        super().__init__(message, field)
        self.wait = wait


class Repeated(Exception):
    """The same form was sent twice; the first one stands."""

    def __init__(self, result: str) -> None:
        super().__init__("sent twice")
        self.result = result
