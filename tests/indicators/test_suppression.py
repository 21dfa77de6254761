"""Suppression of small figures, attacked by subtraction.

The attacker asks every question there is: each branch, its own rows, any months, any category.
A suppressed figure below the limit is safe where another table that gives the same published
answers has another figure there: the test looks for that other table.
"""

import datetime as dt
import itertools
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from redcross.indicators.disclosure.cells import MIN_CELL, OWN_MARK, pack_neighbours
from redcross.indicators.disclosure.suppression import CategoryTables, SuppressionTable

PARENTS = {
    "5301": "53", "5303": "53", "5304": "53", "530102": "5301", "530103": "5301",
    "530302": "5303", "530303": "5303",
}  # fmt: skip
many_examples = settings(max_examples=60)
LEAVES = [code + OWN_MARK for code in ("53", *PARENTS)]
MONTHS = [dt.date(2021, month, 1) for month in (1, 2, 4, 11)] + [
    dt.date(2022, month, 1) for month in (1, 3)
]
NODES = sorted({"53", *PARENTS}) + LEAVES
SPANS = [
    (start, last.replace(day=28))
    for start, last in itertools.combinations_with_replacement(MONTHS, 2)
]
SINCE_THE_BEGINNING = [(dt.date.min, last.replace(day=28)) for last in MONTHS]
CELLS = [(leaf, month) for leaf in LEAVES for month in MONTHS]
KINDS = ("甲", "乙", "丙")
COUNTS = st.one_of(st.integers(0, 3), st.integers(0, 12), st.sampled_from([0, 0, 0, 1, 4, 5, 40]))


def is_within(node, leaf):
    return leaf == node if node.endswith(OWN_MARK) else leaf.startswith(node)


def small_units(counts):
    return {key: (Decimal(count), Decimal(count)) for key, count in counts.items() if count}


def answer_of(counts, node, start, end):
    return sum(
        count for (leaf, month), count in counts.items()
        if is_within(node, leaf) and start <= month < end
    )  # fmt: skip


def questions():
    return itertools.product(NODES, [*SPANS, *SINCE_THE_BEGINNING])


@st.composite
def tables(draw):
    chosen = draw(st.lists(st.sampled_from(CELLS), max_size=18, unique=True))
    return dict(zip(chosen, draw(st.lists(COUNTS, min_size=18, max_size=18)), strict=False))


def split_questions(counts):
    """Return the questions that are published and those that are suppressed."""
    table = SuppressionTable(small_units(counts), PARENTS)
    published, hidden = [], []
    for node, (start, end) in questions():
        answered = table.may_publish(node, start=start, end=end)
        (published if answered else hidden).append((node, start, end))
    return published, hidden


def is_touched_by(question, cell):
    node, start, end = question
    return is_within(node, cell[0]) and start <= cell[1] < end


def other_tables(counts, cells):
    """Yield changes of a table, cell → how many more: of one cell, two and four."""
    filled = [cell for cell in cells if counts.get(cell)]
    yield from ({cell: 1} for cell in cells)
    for full, other in itertools.product(filled, cells):
        if full != other:
            yield {full: -1, other: 1}
    for one, two in itertools.combinations(filled, 2):
        crossed = ((one[0], *two[1:]), (two[0], *one[1:]))
        if len({one, two, *crossed}) == 4:
            yield {one: -1, two: -1, crossed[0]: 1, crossed[1]: 1}


def undetermined_questions(counts, published, hidden, cells):
    """Return the suppressed questions that another table with equal published answers answers differently."""
    marks = {
        cell: frozenset(
            at for at, question in enumerate(published) if is_touched_by(question, cell)
        )
        for cell in cells
    }
    safe = set()
    for change in other_tables(counts, cells):
        effect = {}
        for cell, more in change.items():
            for at in marks[cell]:
                effect[at] = effect.get(at, 0) + more
        if any(effect.values()):
            continue
        safe |= {
            question
            for question in hidden
            if question not in safe
            and sum(more for cell, more in change.items() if is_touched_by(question, cell))
        }
    return safe


@many_examples
@given(tables())
def test_suppressed_answers_contain_no_small_figure(counts):
    published, _ = split_questions(counts)

    small = [question for question in published if 0 < answer_of(counts, *question) < MIN_CELL]

    assert small == []


@many_examples
@given(tables())
def test_suppressed_figure_is_not_determined_by_published_answers(counts):
    published, hidden = split_questions(counts)
    small = [question for question in hidden if 0 < answer_of(counts, *question) < MIN_CELL]

    safe = undetermined_questions(counts, published, small, CELLS)

    assert [question for question in small if question not in safe] == []


@many_examples
@given(tables(), st.permutations(CELLS))
def test_suppression_depends_on_the_data_alone(counts, order):
    shuffled = {cell: counts[cell] for cell in order if cell in counts}

    assert split_questions(counts) == split_questions(shuffled)


@given(st.lists(st.integers(0, 7), max_size=12))
def test_suppression_groups_are_never_small(counts):
    groups = pack_neighbours(
        (at, (Decimal(count), Decimal(count))) for at, count in enumerate(counts)
    )

    sums = [sum(counts[at] for at in group) for group in groups]

    assert all(total == 0 or total >= MIN_CELL for total in sums)
    assert not groups or [at for group in groups for at in group] == list(range(len(counts)))


def test_suppression_counts_persons_not_amounts():
    gave = {("530102" + OWN_MARK, MONTHS[0]): (Decimal(6), Decimal(1))}
    many = {("530302" + OWN_MARK, MONTHS[0]): (Decimal(40), Decimal(30))}

    table = SuppressionTable({**gave, **many}, PARENTS)

    span = {"start": dt.date.min, "end": dt.date.max}
    assert table.may_publish("53", **span)
    assert not table.may_publish("530102", **span)
    assert not table.may_publish("530302", **span)


def test_suppression_publishes_a_closed_year_beside_an_open_one():
    closed = {
        ("530102" + OWN_MARK, MONTHS[0]): (Decimal(7), Decimal(7)),
        ("530302" + OWN_MARK, MONTHS[1]): (Decimal(9), Decimal(9)),
    }
    begun = {("530102" + OWN_MARK, MONTHS[-1]): (Decimal(1), Decimal(1))}

    table = SuppressionTable({**closed, **begun}, PARENTS)

    new_year = dt.date(2022, 1, 1)
    assert table.may_publish("53", start=dt.date(2021, 1, 1), end=new_year)
    assert table.may_publish("53", start=dt.date.min, end=new_year)
    assert not table.may_publish("53", start=new_year, end=dt.date.max)
    assert not table.may_publish("53", start=dt.date.min, end=dt.date.max)


def test_suppression_publishes_large_figures_everywhere():
    counts = dict.fromkeys(CELLS, 9)

    assert split_questions(counts)[1] == []


# Finer cells --------------------------------------------------------------------


FEW = [(leaf, month) for leaf in LEAVES[-5:] for month in MONTHS[::2]]
FINER = [
    (node, start, end)
    for node in NODES
    for start, end in [*SPANS, *SINCE_THE_BEGINNING]
    if start in (dt.date.min, *MONTHS[::2])
]


@st.composite
def tables_by_kind(draw):
    cells = st.tuples(st.sampled_from(FEW), st.sampled_from(KINDS))
    chosen = draw(st.lists(cells, max_size=18, unique=True))
    sizes = draw(st.lists(COUNTS, min_size=18, max_size=18))
    return {(*cell, kind): size for (cell, kind), size in zip(chosen, sizes, strict=False)}


def of_kind(counts, kind):
    return {
        (leaf, month): count
        for (leaf, month, cell_kind), count in counts.items()
        if cell_kind == kind
    }


def totals(counts):
    sums = {}
    for (leaf, month, _), count in counts.items():
        sums[leaf, month] = sums.get((leaf, month), 0) + count
    return sums


@settings(max_examples=25)
@given(tables_by_kind())
def test_suppressed_breakdown_cell_is_not_determined_by_totals(counts):
    whole = totals(counts)
    parts = {kind: of_kind(counts, kind) for kind in KINDS}
    categories = CategoryTables(
        SuppressionTable(small_units(whole), PARENTS),
        {kind: small_units(parts[kind]) for kind in KINDS},
        PARENTS,
    )
    published = [(*question, "") for question in FINER]
    hidden = []
    for node, start, end in FINER:
        shown = categories.may_publish(node, start=start, end=end, outside=False)
        (published if shown else hidden).extend((node, start, end, kind) for kind in KINDS)
    small = {
        question for question in hidden
        if 0 < answer_of(parts[question[3]], *question[:3]) < MIN_CELL
        # Where one category has all there is, the total says it by itself.
        and answer_of(parts[question[3]], *question[:3]) < answer_of(whole, *question[:3])
        # The years of the whole tree are published even where they are small: what adds them to a
        # year without any of a category is no secret either.
        and (question[0] != "53" or question[1].year == question[2].year)
    }  # fmt: skip

    for change in other_kinds([cell for cell in counts if counts[cell]]):
        if small and not any(answer_change(question, change) for question in published):
            small = {question for question in small if not answer_change(question, change)}

    assert small == set()


def other_kinds(filled):
    """Yield changes that leave every total alone: another kind for one, or for two crosswise."""
    for one, kind in itertools.product(filled, KINDS):
        if kind != one[2]:
            yield {one: -1, (*one[:2], kind): 1}
    for one, two in itertools.combinations(filled, 2):
        if one[2] != two[2] and one[:2] != two[:2]:
            yield {one: -1, two: -1, (*one[:2], two[2]): 1, (*two[:2], one[2]): 1}


def answer_change(question, change):
    """Return by how much a change of a table changes an answer."""
    node, start, end, kind = question
    return sum(
        more for (leaf, month, changed_kind), more in change.items()
        if kind in ("", changed_kind) and is_within(node, leaf) and start <= month < end
    )  # fmt: skip
