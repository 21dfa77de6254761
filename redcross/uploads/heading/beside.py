"""Tables that stand beside each other under one row of headings.

In goes the row a heading begins in; out come the letters of each table, or nothing where
there is only one.
"""

from collections.abc import Mapping, Sequence

from redcross.uploads.heading.levels import Levels
from redcross.uploads.heading.words import NUMBERS, SERIAL_HEADINGS, plain
from redcross.uploads.specification import SheetSpec


def side_by_side(levels: Levels, at: int) -> list[list[str]]:
    """Return the letters of each table where several stand beside each other.

    They begin where rows are numbered anew, else where a column comes again. Tables
    are they only where each has the same label and a number of its own: 捐赠日期
    before a gift and 到账日期 behind it are two days of one.
    """
    heading = levels.of(at, levels.depth(at)[0])
    fields = {
        letter: match.field
        for letter, texts in heading.items()
        if (match := levels.vocabulary.match(texts)) is not None and match.field
    }
    numbered = [letter for letter, texts in heading.items() if plain(texts[-1]) in SERIAL_HEADINGS]
    for starts in (numbered[1:], _repeats(fields)):
        tables = _split(levels.texts.letters, starts)
        held = [{fields[each] for each in one if each in fields} for one in tables]
        if starts and _are_tables(held, levels.vocabulary.spec):
            return tables
    return []


def _repeats(fields: Mapping[str, str]) -> list[str]:
    """Return the columns that say what one since the last of these has said already."""
    starts: list[str] = []
    seen: set[str] = set()
    for letter, field in fields.items():
        if field in seen:
            starts.append(letter)
            seen.clear()
        seen.add(field)
    return starts


def _split(letters: Sequence[str], starts: Sequence[str]) -> list[list[str]]:
    """Return the letters anew from each start."""
    tables: list[list[str]] = [[]]
    for letter in letters:
        if letter in starts:
            tables.append([])
        tables[-1].append(letter)
    return tables


def _are_tables(named: Sequence[set[str]], spec: SheetSpec) -> bool:
    """Tell whether the fields of each are those of a table by itself."""
    if any(len(names) < 2 for names in named):
        return False
    if all(names == named[0] for names in named):
        return True
    numbers = {field.name for field in spec.fields if field.kind in NUMBERS}
    shared = set.intersection(*named)
    return bool(shared - numbers) and all(names & numbers for names in named)
