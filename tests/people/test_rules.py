from datetime import date, timedelta

import pytest

from caseflow.people.rules import (
    LASTING_FLAGS,
    BornPrecision,
    FlagKind,
    age_on,
    age_words,
    birthday,
    flag_expiry,
)

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("born", "precision", "words"),
    [
        (date(2010, 11, 24), BornPrecision.DAY, "16"),
        (date(2010, 11, 25), BornPrecision.DAY, "15"),
        (date(2010, 1, 1), BornPrecision.YEAR, "15 or 16"),
        (date(2010, 11, 1), BornPrecision.MONTH, "15 or 16"),
        (date(2010, 6, 1), BornPrecision.MONTH, "16"),
        (date(2010, 1, 1), BornPrecision.ESTIMATED, "about 16"),
        (None, BornPrecision.UNKNOWN, "age not known"),
        (date(2010, 1, 1), BornPrecision.UNKNOWN, "age not known"),
    ],
)
def test_an_age_is_said_no_more_exactly_than_it_is_known(
    born: date | None, precision: BornPrecision, words: str
) -> None:
    assert age_words(born, precision, TODAY) == words


def test_somebody_born_on_29_february_turns_18_on_1_march() -> None:
    born = date(2008, 2, 29)
    assert birthday(born, 18) == date(2026, 3, 1)
    assert age_on(born, date(2026, 2, 28)) == 17
    assert age_on(born, date(2026, 3, 1)) == 18


@pytest.mark.parametrize("kind", FlagKind)
def test_a_flag_runs_out_after_90_days_unless_it_lasts(kind: FlagKind) -> None:
    lasts = kind in {FlagKind.LOOKED_AFTER, FlagKind.SEND, FlagKind.LEGAL_HOLD}
    assert (kind in LASTING_FLAGS) is lasts
    assert flag_expiry(kind, TODAY) == (None if lasts else TODAY + timedelta(days=90))
