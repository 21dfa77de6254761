"""Which small figures of sensitive indicators are hidden: the data decide, never the question.

A table is laid out once from all cells there are: branches (a tree) by months. What may be
told is fixed before anybody asks, and an answer is given only where it is a sum of what may
be told, so that no two answers leave less than `LEAST` between them:

- Years, in them months, are packed until the whole tree has at least `LEAST` in each; what
  is told of a part of the tree or of a part of a year ends at such a border. The last years,
  where they have too few yet, are not told, nor any sum that holds them.
- Of a year, a branch is told where it has nothing, or at least `LEAST`; the small ones
  among its sisters, and another with them where they are too few, are told as nothing.
- A branch's months are told where the table of its sisters by months has no small cell;
  else a rectangle around the small cells is hidden, grown until each of its lines and
  columns holds `LEAST`. Inside it every cell may be nothing or all that its line and
  column leave: with two lines and two columns that are not empty, none is determined.
- Categories are told of whole years, all of a sisterhood or none.

See docs/adr/0016-small-figures.md.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeVar

LEAST: Final = 5
OWN, REST = ".", "~"
"""Behind a branch's code: its own rows; what a higher figure tells beyond those below."""

Cell = tuple[Decimal, Decimal]
"""What a cell adds up to, and how many people or records stand behind it."""
Atoms = Mapping[tuple[str, dt.date], Cell]
NOTHING: Final[Cell] = (Decimal(0), Decimal(0))
K = TypeVar("K")


def plus(*cells: Cell) -> Cell:
    """Add cells up."""
    return (
        sum((each[0] for each in cells), Decimal(0)),
        sum((each[1] for each in cells), Decimal(0)),
    )


def is_empty(cell: Cell) -> bool:
    """Tell whether nothing stands in a cell."""
    return not cell[0] and not cell[1]


def is_fit(cell: Cell) -> bool:
    """Tell whether a cell is empty, or large by its value and by the people behind it."""
    return is_empty(cell) or min(abs(cell[0]), abs(cell[1])) >= LEAST


def pack(items: Iterable[tuple[K, Cell]]) -> list[list[K]]:
    """Join neighbours until each group is fit; what is left at the end joins the last.

    No group at all where everything together is small.
    """
    groups: list[list[K]] = []
    open_group: list[K] = []
    held = NOTHING
    for key, cell in items:
        open_group.append(key)
        held = plus(held, cell)
        if not is_empty(held) and is_fit(held):
            groups.append(open_group)
            open_group, held = [], NOTHING
    if open_group and groups:
        groups[-1] += open_group
    elif open_group and is_empty(held):
        groups.append(open_group)
    return groups


def _begun(group: Sequence[int], held: Mapping[int, Cell]) -> list[int]:
    """Return the years that joined a group only because nothing came after them."""
    before = NOTHING
    for at, year in enumerate(group):
        before = plus(before, held[year])
        if not is_empty(before) and is_fit(before):
            rest = list(group[at + 1 :])
            return rest if not is_empty(plus(*(held[each] for each in rest))) else []
    return []


@dataclasses.dataclass(frozen=True, slots=True)
class _Told:
    """What may be told of one branch in one era: its sum, and its columns but for these."""

    whole: bool
    hidden: frozenset[int]


_ALL_EMPTY = _Told(whole=True, hidden=frozenset())


class Table:
    """One indicator's cells, and what may be told of them."""

    def __init__(self, atoms: Atoms, parents: Mapping[str, str]) -> None:
        """Lay the table out; `parents` leads from each branch's code to the one above it."""
        self._parents = parents
        self._cells: defaultdict[str, dict[dt.date, Cell]] = defaultdict(dict)
        self._children: defaultdict[str, set[str]] = defaultdict(set)
        root = ""
        for (leaf, month), cell in atoms.items():
            path = self._path(leaf)
            root = path[-1]
            for node, above in zip(path, [*path[1:], ""], strict=True):
                cells = self._cells[node]
                cells[month] = plus(cells.get(month, NOTHING), cell)
                if above:
                    self._children[above].add(node)
        self._root = root
        self._untold: int | None = None
        """The era that has too few yet: the last one, or none."""
        self.eras = self._packed(self._cells[root]) if root else []
        """Eras in order, each a list of blocks of months."""
        self._known: dict[tuple[str, int], _Told] = {}

    def _path(self, leaf: str) -> list[str]:
        """Return a leaf and the branches above it, the root last."""
        path, code = [leaf], leaf[:-1]
        while code:
            path.append(code)
            code = self._parents.get(code, "")
        return path

    def _packed(self, cells: Mapping[dt.date, Cell]) -> list[list[list[dt.date]]]:
        years: defaultdict[int, list[dt.date]] = defaultdict(list)
        for month in sorted(cells):
            years[month.year].append(month)

        def held(months: Iterable[dt.date]) -> Cell:
            return plus(*(cells[month] for month in months))

        eras = []
        sums = {year: held(months) for year, months in years.items()}
        packed = pack(sums.items())
        begun = _begun(packed[-1], sums) if packed else []
        if begun:
            packed[-1] = [year for year in packed[-1] if year not in begun]
            packed.append(begun)
            self._untold = len(packed) - 1
        for at, era in enumerate(packed):
            if at == self._untold:
                eras.append([[month for year in era for month in years[year]]])
                continue
            quarters: defaultdict[tuple[int, int], list[dt.date]] = defaultdict(list)
            for month in (month for year in era for month in years[year]):
                quarters[month.year, (month.month - 1) // 3].append(month)
            blocks = []
            for group in pack((key, held(months)) for key, months in quarters.items()):
                inside = [month for key in group for month in quarters[key]]
                blocks += pack((month, cells[month]) for month in inside)
            eras.append(blocks)
        return eras

    def tells(self, node: str, *, start: dt.date, end: dt.date) -> bool:
        """Tell whether the sum of a node over the months from `start` to before `end` may be told.

        A node is a branch's code, or the code with `OWN` behind it.
        """
        if node not in self._cells:
            return True
        if not self.eras:
            return not any(start <= month < end for month in self._cells[node])
        return all(self._tells_of(node, at, start, end) for at in range(len(self.eras)))

    def _tells_of(self, node: str, era: int, start: dt.date, end: dt.date) -> bool:
        blocks = self.eras[era]
        if is_empty(self._sum(node, era)) and not self._moved(node, era):
            return True
        inside = set()
        for at, block in enumerate(blocks):
            found = [start <= month < end for month in block]
            if any(found) and not all(found):
                return False
            if all(found):
                inside.add(at)
        if not inside:
            return True
        if era == self._untold:
            return False
        told = self._of(node, era)
        if not told.whole:
            return False
        return not (inside & told.hidden) or inside >= told.hidden

    def takes_whole(self, *, start: dt.date, end: dt.date) -> list[int] | None:
        """Return the eras that months hold; None where they cut one."""
        taken = []
        for at, blocks in enumerate(self.eras):
            found = [start <= month < end for block in blocks for month in block]
            if any(found) and not all(found):
                return None
            if all(found):
                taken.append(at)
        return taken if self._untold not in taken else None

    def _sum(self, node: str, era: int) -> Cell:
        cells = self._cells[node]
        return plus(
            *(cells[month] for block in self.eras[era] for month in block if month in cells)
        )

    def _moved(self, node: str, era: int) -> bool:
        cells = self._cells[node]
        return any(
            not is_empty(cells.get(month, NOTHING)) for block in self.eras[era] for month in block
        )

    def _column(self, node: str, era: int, at: int) -> Cell:
        cells = self._cells[node]
        return plus(*(cells.get(month, NOTHING) for month in self.eras[era][at]))

    def whole(self, node: str, era: int) -> bool:
        """Tell whether a node's sum of an era may be told."""
        return node not in self._cells or self._of(node, era).whole

    def cells_of(self, node: str) -> Mapping[dt.date, Cell]:
        """Return what a node adds up to, by month."""
        return self._cells.get(node, {})

    def above(self, node: str) -> str:
        """Return the node above one."""
        return node[:-1] if node[-1] in (OWN, REST) else self._parents.get(node, "")

    def sisters(self, node: str) -> set[str]:
        """Return the nodes that share the one above, this one too."""
        return self._children[self.above(node)]

    def is_spread(self, era: int) -> bool:
        """Tell whether more than one child of the root has anything in an era."""
        return sum(self._moved(each, era) for each in self._children[self._root]) > 1

    @property
    def root(self) -> str:
        """The code of the highest branch."""
        return self._root

    def _of(self, node: str, era: int) -> _Told:
        if node == self._root:
            return _ALL_EMPTY
        if (node, era) not in self._known:
            self._settle(self.above(node), era)
        return self._known.get((node, era), _ALL_EMPTY)

    def _settle(self, above: str, era: int) -> None:
        """Decide for all the children of a node at once."""
        told = self._of(above, era)
        sums = {
            each: self._sum(each, era)
            for each in sorted(self._children[above])
            if self._moved(each, era)
        }
        columns = frozenset(range(len(self.eras[era])))
        groups = _grouped(sums)
        hidden: dict[str, frozenset[int]] = dict.fromkeys(sums, columns)
        if told.whole and not told.hidden:
            rows = [
                {at: plus(*(self._column(each, era, at) for each in group)) for at in columns}
                for group in groups
            ]
            lines, cut = _rectangle(rows)
            for at, group in enumerate(groups):
                hidden.update(dict.fromkeys(group, cut if at in lines else frozenset()))
        for group in groups:
            for each in group:
                whole = told.whole and len(group) == 1
                self._known[each, era] = _Told(whole, hidden[each] if whole else columns)


def _grouped(sums: Mapping[str, Cell]) -> list[list[str]]:
    """Return the large ones each by itself, and the small ones together with enough others."""
    small = [each for each, cell in sums.items() if not is_fit(cell)]
    large = sorted((each for each in sums if each not in small), key=lambda each: sums[each])
    # A net of nothing with people behind it stands for itself like any large one.
    if not small:
        return [[each] for each in large]
    together = list(small)
    while large and (len(together) == 1 or not _is_large(plus(*(sums[each] for each in together)))):
        together.append(large.pop(0))
    return [together, *([each] for each in large)]


def _is_large(cell: Cell) -> bool:
    return min(abs(cell[0]), abs(cell[1])) >= LEAST


def _rectangle(rows: Sequence[Mapping[int, Cell]]) -> tuple[set[int], frozenset[int]]:
    """Return lines and columns whose crossings are hidden so that no small cell can be reckoned."""
    small = [
        (line, column)
        for line, cells in enumerate(rows)
        for column, cell in cells.items()
        if not is_fit(cell)
    ]
    lines, columns = {line for line, _ in small}, {column for _, column in small}
    if not small:
        return set(), frozenset()

    def across(line: int) -> Cell:
        return plus(*(rows[line][column] for column in columns))

    def down(column: int) -> Cell:
        return plus(*(rows[line][column] for line in lines))

    grown = True
    while grown:
        grown = False
        for line in sorted(lines):
            rest = {column: cell for column, cell in rows[line].items() if column not in columns}
            if (len(columns) < 2 or not _is_large(across(line))) and any(
                not is_empty(cell) for cell in rest.values()
            ):
                columns.add(max(rest, key=lambda column: (_size(rest[column]), -column)))
                grown = True
        for column in sorted(columns):
            others = {at: cells[column] for at, cells in enumerate(rows) if at not in lines}
            if (len(lines) < 2 or not _is_large(down(column))) and any(
                not is_empty(cell) for cell in others.values()
            ):
                lines.add(max(others, key=lambda line: (_size(others[line]), -line)))
                grown = True
    return lines, frozenset(columns)


def _size(cell: Cell) -> Decimal:
    return min(abs(cell[0]), abs(cell[1])) or max(abs(cell[0]), abs(cell[1]))


class Categories:
    """A breakdown of a table: told of whole eras, of a node and all its sisters or of none."""

    def __init__(
        self, table: Table, parts: Mapping[str, Atoms], parents: Mapping[str, str]
    ) -> None:
        """Take the table of the totals and each category's cells."""
        self._table = table
        self._parts = {name: Table(atoms, parents) for name, atoms in parts.items()}
        self._known: dict[tuple[str, int], bool] = {}

    def tells(self, node: str, *, start: dt.date, end: dt.date, outside: bool) -> bool:
        """Tell whether the categories of a node may be told over months.

        Outside the portal those of the whole tree alone; inside these also where they are
        small, but for a year in which one branch, or one category, has all there is.
        """
        eras = self._table.takes_whole(start=start, end=end)
        if eras is None or (not self._table.eras and self._parts):
            return False
        if outside:
            return node == self._table.root and all(self._is_fit(node, era) for era in eras)
        return all(self._shown(node, era) for era in eras)

    def _shown(self, node: str, era: int) -> bool:
        if node == self._table.root:
            filled = sum(not is_empty(cell) for cell in self._sums(node, era))
            return self._is_fit(node, era) or (filled > 1 and self._table.is_spread(era))
        if (node, era) not in self._known:
            above = self._table.above(node)
            self._known[node, era] = (
                bool(above)
                and self._shown(above, era)
                and all(self._is_fit(each, era) for each in self._table.sisters(node))
            )
        return self._known[node, era]

    def _is_fit(self, node: str, era: int) -> bool:
        """Tell whether no category is small, nor alone: then the totals would tell it too."""
        cells = self._sums(node, era)
        filled = sum(not is_empty(cell) for cell in cells)
        return all(is_fit(cell) for cell in cells) and filled != 1

    def _sums(self, node: str, era: int) -> list[Cell]:
        months = {month for block in self._table.eras[era] for month in block}
        return [
            plus(*(cell for month, cell in part.cells_of(node).items() if month in months))
            for part in self._parts.values()
        ]
