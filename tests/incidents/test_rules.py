import pytest

from caseflow.incidents.rules import is_in_uk, swap_offered


@pytest.mark.parametrize(
    ("place", "inside"),
    [
        ((52.63686, -1.1332), True),
        ((60.8, -0.8), True),
        ((54.6, -8.0), True),
        ((48.85, 2.35), False),
        ((-1.1332, 52.63686), False),
    ],
)
def test_what_lies_in_the_united_kingdom(place: tuple[float, float], inside: bool) -> None:
    assert is_in_uk(*place) is inside


@pytest.mark.parametrize(
    ("latitude", "longitude", "offered"),
    [
        (-2.4757443, 53.57896, (53.57896, -2.4757443)),
        (52.63, -1.13, None),
        (10.0, 100.0, None),
        (None, -1.13, None),
        (52.63, None, None),
    ],
)
def test_a_swap_is_offered_only_where_it_mends_the_place(
    latitude: float | None, longitude: float | None, offered: tuple[float, float] | None
) -> None:
    assert swap_offered(latitude, longitude) == offered
