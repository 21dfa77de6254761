"""What kind of value a cell of a worksheet had, as the grids keep it beside each text."""

EMPTY, TEXT, NUMBER, DATE, BOOLEAN, ERROR = range(6)
"""The codes in the kind columns."""
KIND_SUFFIX = "?"
"""Column "A" of a grid holds the texts, column "A?" their kinds."""


def column_letter(index: int) -> str:
    """Return the column's letter: 0 → A, 26 → AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name
