"""Which field a heading stands for, and how sure that is."""

import itertools

import pytest

from redcross.units import Unit
from redcross.uploads.mapping.evidence import Evidence
from redcross.uploads.mapping.ranking import HeadingRanker
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.schema.import_spec import CellKind, FieldSpec, SheetKind, SheetSpec

SPEC = SheetSpec(
    key="test.organs",
    title="器官捐献统计",
    kind=SheetKind.STATISTICS,
    fields=(
        FieldSpec("branch", "填报机构", CellKind.BRANCH),
        FieldSpec("cases", "角膜／例", CellKind.INTEGER, aliases=("捐献角膜例数",)),
        FieldSpec("corneas", "角膜／枚", CellKind.INTEGER),
        FieldSpec("money", "资金／小计", CellKind.DECIMAL),
        FieldSpec("goods", "物资／小计", CellKind.DECIMAL),
        FieldSpec("matched", "配捐", CellKind.DECIMAL, unit=Unit.YUAN),
        FieldSpec(
            "giver",
            "捐赠人",
            CellKind.TEXT,
            patterns=("交款(?:单位|个人)+",),
            substrings=("捐款人",),
        ),
    ),
)


def ranked(heading, remembered=None):
    """Return the best candidate of a heading whose levels are joined by ／."""
    return next(iter(HeadingRanker(SPEC, remembered).rank(heading.split("／"))), None)


@pytest.mark.parametrize(
    ("heading", "field", "evidence"),
    [
        ("角膜／例", "cases", Evidence.WORD),
        ("角膜／枚", "corneas", Evidence.WORD),
        ("角膜（例）", "cases", Evidence.WORD),
        ("角膜（枚）", "corneas", Evidence.WORD),
        ("捐献角膜例数", "cases", Evidence.WORD),
        ("本年／捐赠人", "giver", Evidence.LEAF),
        ("募集资金／小计", "money", Evidence.GROUP),
        ("募集物资／小计", "goods", Evidence.GROUP),
        ("配捐额", "matched", Evidence.STEM),
        ("县（市、区）", "branch", Evidence.WORD),
        ("交款单位", "giver", Evidence.PATTERN),
        ("本次捐款人姓名", "giver", Evidence.SUBSTRING),
        ("捐赠者", "giver", Evidence.SIMILAR),
    ],
)
def test_heading_is_ranked_by_its_surest_evidence(heading, field, evidence):
    best = ranked(heading)

    assert (best.field, best.evidence) == (field, evidence)


@pytest.mark.parametrize("heading", ["器官／小计", "捐款人数", "完全不同的栏目"])
def test_heading_that_means_something_else_is_not_known(heading):
    assert HeadingRanker(SPEC).best(heading.split("／")) is None


def test_choice_of_a_person_is_surer_than_a_word_of_another_field():
    remembered = {"角膜（例）": "corneas", "捐赠人": ""}

    assert ranked("角膜（例）", remembered).field == "corneas"
    assert ranked("捐赠人", remembered).field == ""
    assert ranked("捐赠人", remembered).evidence is Evidence.PERSON


def test_scores_fall_from_a_person_to_a_substring_and_end_above_similarity():
    headings = [
        ("捐赠人", Evidence.PERSON), ("角膜／例", Evidence.WORD), ("捐献角膜例数", Evidence.WORD),
        ("本年／捐赠人", Evidence.LEAF), ("募集资金／小计", Evidence.GROUP),
        ("配捐额", Evidence.STEM), ("县（市、区）", Evidence.WORD), ("交款单位", Evidence.PATTERN),
        ("本次捐款人姓名", Evidence.SUBSTRING),
    ]  # fmt: skip
    remembered = {"捐赠人": "giver"}
    best = [ranked(text, remembered if at == 0 else None) for at, (text, _) in enumerate(headings)]

    assert [candidate.evidence for candidate in best] == [evidence for _, evidence in headings]
    scores = [candidate.score for candidate in best]
    assert all(before > after for before, after in itertools.pairwise(scores))
    assert scores[-1] > 100


def test_column_of_two_similar_fields_has_both_as_candidates():
    fields = [candidate.field for candidate in HeadingRanker(SPEC).similar(["角膜数"])]

    assert {"cases", "corneas"} <= set(fields)


def test_cells_too_long_for_a_heading_are_not_known():
    ranker = HeadingRanker(SPEC)

    assert ranker.is_known("捐赠人")
    assert ranker.rank_cell("捐赠人" + "者" * TUNING.max_heading_length) is None
    assert not ranker.is_known("")


def test_each_distinct_heading_is_compared_once(monkeypatch):
    ranker = HeadingRanker(SPEC)
    compared = []
    scores = ranker.index.similarity.scores
    monkeypatch.setattr(
        ranker.index.similarity, "scores", lambda levels: compared.append(levels) or scores(levels)
    )

    for _ in range(3):
        ranker.similar(["角膜数"])
        ranker.rank(["角膜数"])

    assert compared == [["角膜数"]]
