"""Which small figures of sensitive indicators are hidden: the data decide, never the question.

A table is built once from all cells there are: branches (a tree) by months. What may be
published is fixed before any question, and an answer is published only where it is a sum of
published parts, so that no difference of two answers is below `cells.MIN_CELL`:

- Years, and inside them months, are packed into buckets until the whole tree has at least
  `MIN_CELL` in each; what is published of a part of the tree or of a part of a year ends at
  such a border. The last years, where they have too few yet, are not published, nor is any
  sum that contains them.
- Of a year, a branch is published where it has nothing, or at least `MIN_CELL`; the small ones
  among its siblings, and another with them where they are too few, are hidden together.
- A branch's months are published where the table of its siblings by months has no small cell;
  else a rectangle around the small cells is hidden, enlarged until each of its rows and
  columns has `MIN_CELL`. Inside it every cell may be nothing or all that its row and
  column leave: with two rows and two columns that are not empty, none is determined.
- Categories are published of whole years, of all siblings or of none.

See docs/adr/0016-small-figures.md.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from redcross.indicators.disclosure.cells import (
    EMPTY_CELL,
    OWN_MARK,
    REST_MARK,
    CellTotal,
    LeafCells,
    add_cells,
    cell_size,
    is_empty,
    is_large,
    is_publishable,
    pack_neighbours,
)


def _incomplete_years(group: Sequence[int], sums: Mapping[int, CellTotal]) -> list[int]:
    """Return the years that joined a group only because no year followed them."""
    total = EMPTY_CELL
    for index, year in enumerate(group):
        total = add_cells(total, sums[year])
        if not is_empty(total) and is_publishable(total):
            rest = list(group[index + 1 :])
            return rest if not is_empty(add_cells(*(sums[other] for other in rest))) else []
    return []


@dataclasses.dataclass(frozen=True, slots=True)
class _Disclosure:
    """What may be published of one node in one bucket: its sum, and the columns not hidden."""

    whole: bool
    hidden: frozenset[int]


_FULL_DISCLOSURE = _Disclosure(whole=True, hidden=frozenset())


class SuppressionTable:
    """One indicator's cells, and what may be published of them.

    A node is a branch's code, or the code with a mark behind it. A time bucket is a group of
    years, given as its columns; a column is a group of months.
    """

    def __init__(self, leaf_cells: LeafCells, parents: Mapping[str, str]) -> None:
        """Build the table; `parents` maps each branch's code to the one above it."""
        self._parents = parents
        self._cells: defaultdict[str, dict[dt.date, CellTotal]] = defaultdict(dict)
        self._children: defaultdict[str, set[str]] = defaultdict(set)
        root = ""
        for (leaf, month), cell in leaf_cells.items():
            path = self._path(leaf)
            root = path[-1]
            for node, parent in zip(path, [*path[1:], ""], strict=True):
                cells = self._cells[node]
                cells[month] = add_cells(cells.get(month, EMPTY_CELL), cell)
                if parent:
                    self._children[parent].add(node)
        self._root = root
        self._hidden_bucket: int | None = None
        """The index of the bucket that has too few yet: the last one, or none."""
        self.time_buckets = self._pack(self._cells[root]) if root else []
        """Buckets in order, each a list of columns, each a list of months."""
        self._disclosures: dict[tuple[str, int], _Disclosure] = {}

    def _path(self, leaf: str) -> list[str]:
        """Return a leaf and the branches above it, the root last."""
        path, code = [leaf], leaf[:-1]
        while code:
            path.append(code)
            code = self._parents.get(code, "")
        return path

    def _pack(self, cells: Mapping[dt.date, CellTotal]) -> list[list[list[dt.date]]]:
        """Return the time buckets of the root's cells."""
        years: defaultdict[int, list[dt.date]] = defaultdict(list)
        for month in sorted(cells):
            years[month.year].append(month)
        sums = {
            year: add_cells(*(cells[month] for month in months)) for year, months in years.items()
        }
        groups = pack_neighbours(sums.items())
        incomplete = _incomplete_years(groups[-1], sums) if groups else []
        if incomplete:
            groups[-1] = [year for year in groups[-1] if year not in incomplete]
        buckets = [
            _pack_months([month for year in group for month in years[year]], cells)
            for group in groups
        ]
        if incomplete:
            self._hidden_bucket = len(buckets)
            buckets.append([[month for year in incomplete for month in years[year]]])
        return buckets

    def may_publish(self, node: str, *, start: dt.date, end: dt.date) -> bool:
        """Whether the sum of a node over the months from `start` to before `end` is published."""
        if node not in self._cells:
            return True
        if not self.time_buckets:
            return not any(start <= month < end for month in self._cells[node])
        return all(
            self._may_publish_part(node, bucket, start, end)
            for bucket in range(len(self.time_buckets))
        )

    def _may_publish_part(self, node: str, bucket: int, start: dt.date, end: dt.date) -> bool:
        columns = self.time_buckets[bucket]
        if is_empty(self._bucket_sum(node, bucket)) and not self._has_cells(node, bucket):
            return True
        inside = set()
        for index, months in enumerate(columns):
            is_inside = [start <= month < end for month in months]
            if any(is_inside) and not all(is_inside):
                return False
            if all(is_inside):
                inside.add(index)
        if not inside:
            return True
        if bucket == self._hidden_bucket:
            return False
        disclosure = self._disclosure(node, bucket)
        if not disclosure.whole:
            return False
        return not (inside & disclosure.hidden) or inside >= disclosure.hidden

    def whole_buckets(self, *, start: dt.date, end: dt.date) -> list[int] | None:
        """Return the buckets that lie inside a range; None where it cuts one or one is hidden."""
        whole = []
        for bucket, columns in enumerate(self.time_buckets):
            is_inside = [start <= month < end for months in columns for month in months]
            if any(is_inside) and not all(is_inside):
                return None
            if all(is_inside):
                whole.append(bucket)
        return whole if self._hidden_bucket not in whole else None

    def _bucket_sum(self, node: str, bucket: int) -> CellTotal:
        cells = self._cells[node]
        return add_cells(
            *(
                cells[month]
                for months in self.time_buckets[bucket]
                for month in months
                if month in cells
            )
        )

    def _has_cells(self, node: str, bucket: int) -> bool:
        cells = self._cells[node]
        return any(
            not is_empty(cells.get(month, EMPTY_CELL))
            for months in self.time_buckets[bucket]
            for month in months
        )

    def _column_sum(self, node: str, bucket: int, column: int) -> CellTotal:
        cells = self._cells[node]
        months = self.time_buckets[bucket][column]
        return add_cells(*(cells.get(month, EMPTY_CELL) for month in months))

    def node_cells(self, node: str) -> Mapping[dt.date, CellTotal]:
        """Return the cells of a node by month."""
        return self._cells.get(node, {})

    def parent(self, node: str) -> str:
        """Return the node above one; "" for the root."""
        if node[-1] in (OWN_MARK, REST_MARK):
            return node[:-1]
        return self._parents.get(node, "")

    def siblings(self, node: str) -> set[str]:
        """Return the nodes with the same parent, this one too."""
        return self._children[self.parent(node)]

    def is_spread(self, bucket: int) -> bool:
        """Whether more than one child of the root has anything in a bucket."""
        return sum(self._has_cells(child, bucket) for child in self._children[self._root]) > 1

    @property
    def root(self) -> str:
        """The code of the highest branch."""
        return self._root

    def _disclosure(self, node: str, bucket: int) -> _Disclosure:
        if node == self._root:
            return _FULL_DISCLOSURE
        if (node, bucket) not in self._disclosures:
            self._decide(self.parent(node), bucket)
        return self._disclosures.get((node, bucket), _FULL_DISCLOSURE)

    def _decide(self, parent: str, bucket: int) -> None:
        """Decide for all the children of a node together."""
        disclosure = self._disclosure(parent, bucket)
        sums = {
            child: self._bucket_sum(child, bucket)
            for child in sorted(self._children[parent])
            if self._has_cells(child, bucket)
        }
        columns = frozenset(range(len(self.time_buckets[bucket])))
        groups = _group_small(sums)
        hidden: dict[str, frozenset[int]] = dict.fromkeys(sums, columns)
        if disclosure.whole and not disclosure.hidden:
            rows = [
                {
                    column: add_cells(*(self._column_sum(child, bucket, column) for child in group))
                    for column in columns
                }
                for group in groups
            ]
            hidden_rows, hidden_columns = _hidden_rectangle(rows)
            for row, group in enumerate(groups):
                hidden.update(
                    dict.fromkeys(group, hidden_columns if row in hidden_rows else frozenset())
                )
        for group in groups:
            whole = disclosure.whole and len(group) == 1
            for child in group:
                self._disclosures[child, bucket] = _Disclosure(
                    whole, hidden[child] if whole else columns
                )


def _pack_months(
    months: Sequence[dt.date], cells: Mapping[dt.date, CellTotal]
) -> list[list[dt.date]]:
    """Return the columns of a bucket: months, packed inside quarters that are packed first."""
    quarters: defaultdict[tuple[int, int], list[dt.date]] = defaultdict(list)
    for month in months:
        quarters[month.year, (month.month - 1) // 3].append(month)
    sums = (
        (quarter, add_cells(*(cells[month] for month in inside)))
        for quarter, inside in quarters.items()
    )
    columns = []
    for group in pack_neighbours(sums):
        inside = [month for quarter in group for month in quarters[quarter]]
        columns += pack_neighbours((month, cells[month]) for month in inside)
    return columns


def _group_small(sums: Mapping[str, CellTotal]) -> list[list[str]]:
    """Return the small nodes in one group with enough others, each other node by itself."""
    small = [node for node, cell in sums.items() if not is_publishable(cell)]
    large = sorted((node for node in sums if node not in small), key=lambda node: sums[node])
    # A sum of nothing with people in it is a group of its own like any large one.
    if not small:
        return [[node] for node in large]
    group = list(small)
    while large and (len(group) == 1 or not is_large(add_cells(*(sums[node] for node in group)))):
        group.append(large.pop(0))
    return [group, *([node] for node in large)]


def _hidden_rectangle(
    rows: Sequence[Mapping[int, CellTotal]],
) -> tuple[set[int], frozenset[int]]:
    """Return rows and columns whose crossings are hidden: no small cell can be derived."""
    small = [
        (row, column)
        for row, cells in enumerate(rows)
        for column, cell in cells.items()
        if not is_publishable(cell)
    ]
    if not small:
        return set(), frozenset()
    hidden_rows, hidden_columns = {row for row, _ in small}, {column for _, column in small}
    is_growing = True
    while is_growing:
        is_growing = False
        for row in sorted(hidden_rows):
            total = add_cells(*(rows[row][column] for column in hidden_columns))
            outside = {
                column: cell for column, cell in rows[row].items() if column not in hidden_columns
            }
            if _needs_more(len(hidden_columns), total, outside):
                hidden_columns.add(_largest(outside))
                is_growing = True
        for column in sorted(hidden_columns):
            total = add_cells(*(rows[row][column] for row in hidden_rows))
            outside = {
                row: cells[column] for row, cells in enumerate(rows) if row not in hidden_rows
            }
            if _needs_more(len(hidden_rows), total, outside):
                hidden_rows.add(_largest(outside))
                is_growing = True
    return hidden_rows, frozenset(hidden_columns)


def _needs_more(count: int, total: CellTotal, outside: Mapping[int, CellTotal]) -> bool:
    """Whether a line of the rectangle is too short or too small, and can be made longer."""
    return (count < 2 or not is_large(total)) and any(
        not is_empty(cell) for cell in outside.values()
    )


def _largest(cells: Mapping[int, CellTotal]) -> int:
    """Return the position of the largest cell, the first of equal ones."""
    return max(cells, key=lambda position: (cell_size(cells[position]), -position))


# Breakdowns ---------------------------------------------------------------------


class CategoryTables:
    """A breakdown of a table: published of whole buckets, of all siblings or of none."""

    def __init__(
        self,
        table: SuppressionTable,
        categories: Mapping[str, LeafCells],
        parents: Mapping[str, str],
    ) -> None:
        """Take the table of the totals and each category's cells."""
        self._table = table
        self._categories = {
            name: SuppressionTable(cells, parents) for name, cells in categories.items()
        }
        self._decisions: dict[tuple[str, int], bool] = {}

    def may_publish(self, node: str, *, start: dt.date, end: dt.date, outside: bool) -> bool:
        """Whether the categories of a node over a range are published.

        Outside the portal only those of the whole tree; inside also small ones, except in
        a bucket in which one branch, or one category, has everything.
        """
        buckets = self._table.whole_buckets(start=start, end=end)
        if buckets is None or (not self._table.time_buckets and self._categories):
            return False
        if outside:
            return node == self._table.root and all(
                self._is_publishable(node, bucket) for bucket in buckets
            )
        return all(self._is_shown(node, bucket) for bucket in buckets)

    def _is_shown(self, node: str, bucket: int) -> bool:
        if node == self._table.root:
            filled = sum(not is_empty(cell) for cell in self._sums(node, bucket))
            return self._is_publishable(node, bucket) or (
                filled > 1 and self._table.is_spread(bucket)
            )
        if (node, bucket) not in self._decisions:
            parent = self._table.parent(node)
            self._decisions[node, bucket] = (
                bool(parent)
                and self._is_shown(parent, bucket)
                and all(
                    self._is_publishable(sibling, bucket) for sibling in self._table.siblings(node)
                )
            )
        return self._decisions[node, bucket]

    def _is_publishable(self, node: str, bucket: int) -> bool:
        """Whether no category is small, nor the only one: the total would equal it."""
        cells = self._sums(node, bucket)
        filled = sum(not is_empty(cell) for cell in cells)
        return all(is_publishable(cell) for cell in cells) and filled != 1

    def _sums(self, node: str, bucket: int) -> list[CellTotal]:
        months = {month for column in self._table.time_buckets[bucket] for month in column}
        return [
            add_cells(*(cell for month, cell in table.node_cells(node).items() if month in months))
            for table in self._categories.values()
        ]
