"""Worked examples of domain.md §11, and what holds for any answers."""

import csv
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.assessments.instruments import cries8, gad7, phq9, sdq, swemwbs
from caseflow.assessments.instruments.common import (
    Change,
    InvalidAnswers,
    Scored,
    Threshold,
    change,
)
from caseflow.assessments.instruments.sdq import Informant

pytestmark = pytest.mark.pure


def with_sum(total: int, items: int, top: int) -> list[int]:
    """Answers that add up to a total."""
    answers = []
    for left in range(items, 0, -1):
        answers.append(min(top, total - min(total, (left - 1) * top) if left > 1 else total))
        total -= answers[-1]
    assert total == 0
    return answers


# --- SWEMWBS -------------------------------------------------------------------------------


def test_swemwbs_gains_less_than_the_threshold() -> None:
    then = swemwbs.score([3, 3, 3, 3, 3, 3, 2])
    now = swemwbs.score([3, 4, 3, 3, 4, 3, 4])

    assert (then.score, now.score) == (Decimal("18.59"), Decimal("21.54"))
    assert (then.band, now.band) == ("low", "middle")
    assert now.score - then.score == Decimal("2.95")
    assert swemwbs.compare(then, now) is Change.NOT_RELIABLE
    assert "3 is used" in swemwbs.RELIABLE.source


def test_swemwbs_threshold_is_a_parameter() -> None:
    then, now = Scored(Decimal("18.59")), Scored(Decimal("21.54"))
    finer = Threshold(Decimal("2.87"), "2.77 standard errors of measurement")
    assert swemwbs.compare(then, now, finer) is Change.IMPROVED
    assert swemwbs.compare(now, then, finer) is Change.DETERIORATED


def test_swemwbs_with_one_answer_missing_has_no_score() -> None:
    scored = swemwbs.score([3, 3, None, 3, 3, 3, 2])
    assert scored.score is None
    assert scored.words == "incomplete"
    assert swemwbs.compare(scored, Scored(Decimal(20))) is Change.NOT_COMPARABLE


def test_swemwbs_table_rises_from_7_to_35() -> None:
    assert len(swemwbs.METRIC) == 29
    assert list(swemwbs.METRIC) == sorted(set(swemwbs.METRIC))
    assert (swemwbs.METRIC[0], swemwbs.METRIC[-1]) == (7, 35)


def test_swemwbs_table_is_the_one_others_use(shared_data) -> None:
    with (shared_data / "psychometrics" / "swemwbs_raw_to_metric.csv").open() as rows:
        table = {int(row["raw"]): Decimal(row["metric"]) for row in csv.DictReader(rows)}
    assert {raw: swemwbs.metric(raw) for raw in range(7, 36)} == table


@pytest.mark.parametrize("raw", [6, 36, -1])
def test_swemwbs_has_no_metric_outside_its_range(raw: int) -> None:
    with pytest.raises(ValueError, match="7 to 35"):
        swemwbs.metric(raw)


# --- PHQ-9 and GAD-7 -----------------------------------------------------------------------


def test_phq9_improves_and_asks_for_safety_on_the_first_day() -> None:
    first, second = [2, 2, 2, 2, 2, 2, 2, 1, 1], [2, 1, 1, 1, 1, 1, 1, 2, 0]
    then, now = phq9.score(first), phq9.score(second)

    assert (then.score, now.score) == (16, 10)
    assert (then.band, now.band) == ("moderately severe", "moderate")
    assert phq9.compare(then, now) is Change.IMPROVED
    assert phq9.asks_for_safety_today(first)
    assert not phq9.asks_for_safety_today(second)


def test_phq9_item_9_counts_even_when_the_rest_is_missing() -> None:
    answers = [None] * 8 + [1]
    assert phq9.score(answers).score is None
    assert phq9.asks_for_safety_today(answers)
    assert not phq9.asks_for_safety_today([None] * 9)


def test_gad7_moves_less_than_the_threshold() -> None:
    then, now = gad7.score(with_sum(11, 7, 3)), gad7.score(with_sum(8, 7, 3))
    assert (then.score, now.score) == (11, 8)
    assert gad7.compare(then, now) is Change.NOT_RELIABLE
    assert gad7.RELIABLE.least == 4


@pytest.mark.parametrize(
    ("total", "band"),
    [(0, "minimal"), (4, "minimal"), (5, "mild"), (10, "moderate"), (15, "moderately severe"),
     (19, "moderately severe"), (20, "severe"), (27, "severe")],
)  # fmt: skip
def test_phq9_bands_meet_without_a_gap(total: int, band: str) -> None:
    assert phq9.score(with_sum(total, 9, 3)).band == band


def test_a_missing_answer_stands_at_the_mean_of_the_others() -> None:
    assert gad7.score([2, 2, 2, 2, 2, None, None]).score == 14
    assert gad7.score([1, 1, 1, 1, 2, None, 1]).score == 8
    assert gad7.score([2, 2, 2, 2, None, None, None]).score is None


# --- CRIES-8 -------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [2, 4, 6, -1, True])
def test_cries8_takes_its_own_four_answers_only(wrong: int) -> None:
    with pytest.raises(InvalidAnswers, match="answer 3 must be one of 0, 1, 3, 5"):
        cries8.score([0, 1, wrong, 3, 5, 0, 1, 3])


def test_cries8_scores_both_halves_and_shows_a_change_unclassified() -> None:
    answers = [5, 1, 3, 1, 0, 5, 3, 0]
    scored = cries8.score(answers)
    assert scored.score == 18
    assert scored.band == "above the screening line for PTSD"
    assert cries8.parts(answers) == {"intrusion": 16, "avoidance": 2}
    assert cries8.compare(scored, Scored(3)) is Change.NOT_CLASSIFIED


def test_cries8_is_incomplete_without_one() -> None:
    answers = [5, 1, None, 1, 0, 5, 3, 0]
    assert cries8.score(answers) == Scored(None, None, 1)
    assert cries8.parts(answers) == {"intrusion": None, "avoidance": 2}


# --- SDQ -----------------------------------------------------------------------------------


def test_sdq_changes_band_without_a_reliable_change() -> None:
    then = sdq.score(19, informant=Informant.SELF)
    now = sdq.score(13, informant=Informant.SELF)
    assert (then.band, now.band) == ("high", "close to average")
    assert sdq.compare(then, now, informant=Informant.SELF) is Change.NOT_RELIABLE
    assert sdq.RELIABLE[Informant.SELF].least == 7


def test_sdq_total_leaves_prosocial_out_and_needs_all_four() -> None:
    assert sdq.total(emotional=7, conduct=4, hyperactivity=5, peer=3) == 19
    assert sdq.total(emotional=7, conduct=None, hyperactivity=5, peer=3) is None
    with pytest.raises(InvalidAnswers):
        sdq.total(emotional=11, conduct=4, hyperactivity=5, peer=3)


@pytest.mark.parametrize(
    ("informant", "scale"), [(i, s) for i, scales in sdq.BANDS.items() for s in scales]
)
def test_sdq_bands_cover_each_scale_once(informant: Informant, scale: str) -> None:
    highest = 40 if scale == "total" else 10
    for value in range(highest + 1):
        hits = [b for b in sdq.BANDS[informant][scale] if b.low <= value <= b.high]
        assert len(hits) == 1, f"{value}: {hits}"


def test_sdq_has_no_band_where_none_is_published() -> None:
    assert sdq.score(8, informant=Informant.PARENT, scale="prosocial") == Scored(8, None)


def test_sdq_bands_are_the_published_ones(shared_data) -> None:
    ours = {"close_to_average": 0, "slightly_raised_or_lowered": 1, "high_or_low": 2,
            "very_high_or_very_low": 3, "normal": 0, "borderline": 1, "abnormal": 2}  # fmt: skip
    with (shared_data / "psychometrics" / "sdq_bands_verified.csv").open() as rows:
        published = list(csv.DictReader(rows))
    for row in published:
        bands = sdq.BANDS[Informant(row["informant"].split("_")[0])][row["scale"]]
        ordered = bands[::-1] if row["scale"] == "prosocial" else bands
        band = ordered[ours[row["band"]]]
        assert (band.low, band.high) == (int(row["low"]), int(row["high"])), row


# --- What holds for any answers ------------------------------------------------------------

FULL = {
    swemwbs: (7, range(1, 6), (7, 35)),
    phq9: (9, range(4), (0, 27)),
    gad7: (7, range(4), (0, 21)),
    cries8: (8, (0, 1, 3, 5), (0, 40)),
}
each = pytest.mark.parametrize("instrument", FULL, ids=lambda module: module.__name__[-8:])


def answers_to(instrument, *, with_gaps: bool):
    items, allowed, _ = FULL[instrument]
    one = st.sampled_from(list(allowed))
    return st.lists(st.none() | one if with_gaps else one, min_size=items, max_size=items)


@each
@given(data=st.data())
def test_a_score_stays_in_its_range_and_always_has_a_band(instrument, data) -> None:
    scored = instrument.score(data.draw(answers_to(instrument, with_gaps=True)))
    low, high = FULL[instrument][2]
    assert scored.score is None or (low <= scored.score <= high and scored.band)


@each
@given(data=st.data())
def test_a_higher_answer_never_lowers_the_score(instrument, data) -> None:
    answers = data.draw(answers_to(instrument, with_gaps=False))
    place = data.draw(st.integers(0, len(answers) - 1))
    higher = [a for a in FULL[instrument][1] if a > answers[place]]
    if not higher:
        return
    raised = [*answers[:place], min(higher), *answers[place + 1 :]]
    assert instrument.score(raised).score >= instrument.score(answers).score


@each
@given(data=st.data())
def test_a_missing_answer_is_never_a_nought(instrument, data) -> None:
    """With gaps the score is nothing at all, or what the given answers alone would make it."""
    answers = data.draw(answers_to(instrument, with_gaps=True))
    scored, given_ones = instrument.score(answers), [a for a in answers if a is not None]
    assert scored.missing == len(answers) - len(given_ones)
    if scored.score is None:
        assert scored.missing > 0
    elif scored.missing and min(given_ones) > 0:
        assert scored.score > sum(given_ones)


@each
def test_the_wrong_number_of_answers_is_refused(instrument) -> None:
    items, allowed, _ = FULL[instrument]
    with pytest.raises(InvalidAnswers, match="answers are needed"):
        instrument.score([max(allowed)] * (items - 1))


@given(
    st.integers(0, 40), st.integers(0, 40), st.integers(1, 40), st.booleans()
)  # then, now, threshold
def test_a_change_reversed_is_the_other_change(then, now, least, higher_is_better) -> None:
    threshold = Threshold(Decimal(least), "made up")
    there = change(then, now, threshold, higher_is_better=higher_is_better)
    back = change(now, then, threshold, higher_is_better=higher_is_better)
    other = {Change.IMPROVED: Change.DETERIORATED, Change.DETERIORATED: Change.IMPROVED}
    assert back is other.get(there, there)
    assert (there is Change.NOT_RELIABLE) == (abs(then - now) < least)
