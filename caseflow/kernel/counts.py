"""Small counts are not shown to people outside the work. Source: domain.md §5.7."""

SMALLEST_SHOWN = 8
ROUND_TO = 5


def suppressed(count: int) -> str:
    """0 stays 0, 1 to 7 become ``<8``, the rest round to the nearest 5."""
    if count == 0:
        return "0"
    if count < SMALLEST_SHOWN:
        return f"<{SMALLEST_SHOWN}"
    return str(ROUND_TO * int(count / ROUND_TO + 0.5))
