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

MIN_CELL: Final = 5
OWN_MARK, REST_MARK = ".", "~"
"""Behind a branch's code: its own rows; what a higher figure tells beyond those below."""

CellTotal = tuple[Decimal, Decimal]
"""What a cell adds up to, and how many people or records stand behind it."""
LeafCells = Mapping[tuple[str, dt.date], CellTotal]
EMPTY_CELL: Final[CellTotal] = (Decimal(0), Decimal(0))
K = TypeVar("K")


def add_cells(*cells: CellTotal) -> CellTotal:
    """Add cells up."""
    return (
        sum((each[0] for each in cells), Decimal(0)),
        sum((each[1] for each in cells), Decimal(0)),
    )


def is_empty(cell: CellTotal) -> bool:
    """Tell whether nothing stands in a cell."""
    return not cell[0] and not cell[1]


def is_publishable(cell: CellTotal) -> bool:
    """Tell whether a cell is empty, or large by its value and by the people behind it."""
    return is_empty(cell) or min(abs(cell[0]), abs(cell[1])) >= MIN_CELL


def pack_neighbours(items: Iterable[tuple[K, CellTotal]]) -> list[list[K]]:
    """Join neighbours until each group is fit; what is left at the end joins the last.

    No group at all where everything together is small.
    """
    groups: list[list[K]] = []
    open_group: list[K] = []
    held = EMPTY_CELL
    for key, cell in items:
        open_group.append(key)
        held = add_cells(held, cell)
        if not is_empty(held) and is_publishable(held):
            groups.append(open_group)
            open_group, held = [], EMPTY_CELL
    if open_group and groups:
        groups[-1] += open_group
    elif open_group and is_empty(held):
        groups.append(open_group)
    return groups


def _incomplete_years(group: Sequence[int], held: Mapping[int, CellTotal]) -> list[int]:
    """Return the years that joined a group only because nothing came after them."""
    before = EMPTY_CELL
    for at, year in enumerate(group):
        before = add_cells(before, held[year])
        if not is_empty(before) and is_publishable(before):
            rest = list(group[at + 1 :])
            return rest if not is_empty(add_cells(*(held[each] for each in rest))) else []
    return []


@dataclasses.dataclass(frozen=True, slots=True)
class _Disclosure:
    """What may be told of one branch in one era: its sum, and its columns but for these."""

    whole: bool
    hidden: frozenset[int]


_FULL_DISCLOSURE = _Disclosure(whole=True, hidden=frozenset())


class SuppressionTable:
    """One indicator's cells, and what may be told of them."""

    def __init__(self, atoms: LeafCells, parents: Mapping[str, str]) -> None:
        """Lay the table out; `parents` leads from each branch's code to the one above it."""
        self._parents = parents
        self._cells: defaultdict[str, dict[dt.date, CellTotal]] = defaultdict(dict)
        self._children: defaultdict[str, set[str]] = defaultdict(set)
        root = ""
        for (leaf, month), cell in atoms.items():
            path = self._path(leaf)
            root = path[-1]
            for node, above in zip(path, [*path[1:], ""], strict=True):
                cells = self._cells[node]
                cells[month] = add_cells(cells.get(month, EMPTY_CELL), cell)
                if above:
                    self._children[above].add(node)
        self._root = root
        self._untold: int | None = None
        """The era that has too few yet: the last one, or none."""
        self.time_buckets = self._packed(self._cells[root]) if root else []
        """Eras in order, each a list of blocks of months."""
        self._known: dict[tuple[str, int], _Disclosure] = {}

    def _path(self, leaf: str) -> list[str]:
        """Return a leaf and the branches above it, the root last."""
        path, code = [leaf], leaf[:-1]
        while code:
            path.append(code)
            code = self._parents.get(code, "")
        return path

    def _packed(self, cells: Mapping[dt.date, CellTotal]) -> list[list[list[dt.date]]]:
        years: defaultdict[int, list[dt.date]] = defaultdict(list)
        for month in sorted(cells):
            years[month.year].append(month)

        def held(months: Iterable[dt.date]) -> CellTotal:
            return add_cells(*(cells[month] for month in months))

        eras = []
        sums = {year: held(months) for year, months in years.items()}
        packed = pack_neighbours(sums.items())
        begun = _incomplete_years(packed[-1], sums) if packed else []
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
            for group in pack_neighbours((key, held(months)) for key, months in quarters.items()):
                inside = [month for key in group for month in quarters[key]]
                blocks += pack_neighbours((month, cells[month]) for month in inside)
            eras.append(blocks)
        return eras

    def may_publish(self, node: str, *, start: dt.date, end: dt.date) -> bool:
        """Tell whether the sum of a node over the months from `start` to before `end` may be told.

        A node is a branch's code, or the code with `OWN` behind it.
        """
        if node not in self._cells:
            return True
        if not self.time_buckets:
            return not any(start <= month < end for month in self._cells[node])
        return all(self._tells_of(node, at, start, end) for at in range(len(self.time_buckets)))

    def _tells_of(self, node: str, era: int, start: dt.date, end: dt.date) -> bool:
        blocks = self.time_buckets[era]
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

    def whole_buckets(self, *, start: dt.date, end: dt.date) -> list[int] | None:
        """Return the eras that months hold; None where they cut one."""
        taken = []
        for at, blocks in enumerate(self.time_buckets):
            found = [start <= month < end for block in blocks for month in block]
            if any(found) and not all(found):
                return None
            if all(found):
                taken.append(at)
        return taken if self._untold not in taken else None

    def _sum(self, node: str, era: int) -> CellTotal:
        cells = self._cells[node]
        return add_cells(
            *(cells[month] for block in self.time_buckets[era] for month in block if month in cells)
        )

    def _moved(self, node: str, era: int) -> bool:
        cells = self._cells[node]
        return any(
            not is_empty(cells.get(month, EMPTY_CELL))
            for block in self.time_buckets[era]
            for month in block
        )

    def _column(self, node: str, era: int, at: int) -> CellTotal:
        cells = self._cells[node]
        return add_cells(*(cells.get(month, EMPTY_CELL) for month in self.time_buckets[era][at]))

    def whole(self, node: str, era: int) -> bool:
        """Tell whether a node's sum of an era may be told."""
        return node not in self._cells or self._of(node, era).whole

    def cells_of(self, node: str) -> Mapping[dt.date, CellTotal]:
        """Return what a node adds up to, by month."""
        return self._cells.get(node, {})

    def above(self, node: str) -> str:
        """Return the node above one."""
        return node[:-1] if node[-1] in (OWN_MARK, REST_MARK) else self._parents.get(node, "")

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

    def _of(self, node: str, era: int) -> _Disclosure:
        if node == self._root:
            return _FULL_DISCLOSURE
        if (node, era) not in self._known:
            self._settle(self.above(node), era)
        return self._known.get((node, era), _FULL_DISCLOSURE)

    def _settle(self, above: str, era: int) -> None:
        """Decide for all the children of a node at once."""
        told = self._of(above, era)
        sums = {
            each: self._sum(each, era)
            for each in sorted(self._children[above])
            if self._moved(each, era)
        }
        columns = frozenset(range(len(self.time_buckets[era])))
        groups = _group_small(sums)
        hidden: dict[str, frozenset[int]] = dict.fromkeys(sums, columns)
        if told.whole and not told.hidden:
            rows = [
                {at: add_cells(*(self._column(each, era, at) for each in group)) for at in columns}
                for group in groups
            ]
            lines, cut = _hidden_rectangle(rows)
            for at, group in enumerate(groups):
                hidden.update(dict.fromkeys(group, cut if at in lines else frozenset()))
        for group in groups:
            for each in group:
                whole = told.whole and len(group) == 1
                self._known[each, era] = _Disclosure(whole, hidden[each] if whole else columns)


def _group_small(sums: Mapping[str, CellTotal]) -> list[list[str]]:
    """Return the large ones each by itself, and the small ones together with enough others."""
    small = [each for each, cell in sums.items() if not is_publishable(cell)]
    large = sorted((each for each in sums if each not in small), key=lambda each: sums[each])
    # A net of nothing with people behind it stands for itself like any large one.
    if not small:
        return [[each] for each in large]
    together = list(small)
    while large and (
        len(together) == 1 or not _is_large(add_cells(*(sums[each] for each in together)))
    ):
        together.append(large.pop(0))
    return [together, *([each] for each in large)]


def _is_large(cell: CellTotal) -> bool:
    return min(abs(cell[0]), abs(cell[1])) >= MIN_CELL


def _hidden_rectangle(rows: Sequence[Mapping[int, CellTotal]]) -> tuple[set[int], frozenset[int]]:
    """Return lines and columns whose crossings are hidden so that no small cell can be reckoned."""
    small = [
        (line, column)
        for line, cells in enumerate(rows)
        for column, cell in cells.items()
        if not is_publishable(cell)
    ]
    lines, columns = {line for line, _ in small}, {column for _, column in small}
    if not small:
        return set(), frozenset()

    def across(line: int) -> CellTotal:
        return add_cells(*(rows[line][column] for column in columns))

    def down(column: int) -> CellTotal:
        return add_cells(*(rows[line][column] for line in lines))

    grown = True
    while grown:
        grown = False
        for line in sorted(lines):
            rest = {column: cell for column, cell in rows[line].items() if column not in columns}
            if (len(columns) < 2 or not _is_large(across(line))) and any(
                not is_empty(cell) for cell in rest.values()
            ):
                columns.add(max(rest, key=lambda column: (_cell_size(rest[column]), -column)))
                grown = True
        for column in sorted(columns):
            others = {at: cells[column] for at, cells in enumerate(rows) if at not in lines}
            if (len(lines) < 2 or not _is_large(down(column))) and any(
                not is_empty(cell) for cell in others.values()
            ):
                lines.add(max(others, key=lambda line: (_cell_size(others[line]), -line)))
                grown = True
    return lines, frozenset(columns)


def _cell_size(cell: CellTotal) -> Decimal:
    return min(abs(cell[0]), abs(cell[1])) or max(abs(cell[0]), abs(cell[1]))


class CategoryTables:
    """A breakdown of a table: told of whole eras, of a node and all its sisters or of none."""

    def __init__(
        self, table: SuppressionTable, parts: Mapping[str, LeafCells], parents: Mapping[str, str]
    ) -> None:
        """Take the table of the totals and each category's cells."""
        self._table = table
        self._parts = {name: SuppressionTable(atoms, parents) for name, atoms in parts.items()}
        self._known: dict[tuple[str, int], bool] = {}

    def may_publish(self, node: str, *, start: dt.date, end: dt.date, outside: bool) -> bool:
        """Tell whether the categories of a node may be told over months.

        Outside the portal those of the whole tree alone; inside these also where they are
        small, but for a year in which one branch, or one category, has all there is.
        """
        eras = self._table.whole_buckets(start=start, end=end)
        if eras is None or (not self._table.time_buckets and self._parts):
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
        return all(is_publishable(cell) for cell in cells) and filled != 1

    def _sums(self, node: str, era: int) -> list[CellTotal]:
        months = {month for block in self._table.time_buckets[era] for month in block}
        return [
            add_cells(*(cell for month, cell in part.cells_of(node).items() if month in months))
            for part in self._parts.values()
        ]
