"""A square picture of an address, as the path of an SVG: the page draws it, and nothing is kept."""

from dataclasses import dataclass

import segno

QUIET = 4


@dataclass(frozen=True)
class Square:
    """``path`` draws the dark squares in a box of ``size`` by ``size``."""

    size: int
    path: str


def square_of(text: str) -> Square:
    rows = [[bool(dark) for dark in row] for row in segno.make(text, error="m").matrix]
    runs = [
        f"M{x + QUIET} {y + QUIET}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    ]
    return Square(len(rows) + 2 * QUIET, "".join(runs))
