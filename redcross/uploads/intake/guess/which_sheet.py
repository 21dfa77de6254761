"""Guess which sheet a workbook is, by its headings and titles.

A guess is only proposed: a person confirms it. Where two sheets fit almost equally, none is
taken.
"""

import dataclasses
import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from rapidfuzz import fuzz

from redcross.uploads.files.workbook import Grid
from redcross.uploads.intake.guess.certainty import Certainty
from redcross.uploads.intake.guess.workbook_texts import (
    WorkbookTexts,
    normalize_spaces,
    own_grids,
    sample_rows,
)
from redcross.uploads.mapping.normalize import JOINER, normalize_header
from redcross.uploads.mapping.ranking import HeadingRanker
from redcross.uploads.mapping.words import BRANCH_HEADINGS
from redcross.uploads.schema.import_spec import FieldSpec, SheetSpec
from redcross.uploads.tables.detect import detect_tables
from redcross.uploads.tables.layout import Layout

HeadingsBySheet = Mapping[str, Mapping[str, str]]
"""Sheet → heading → field, as a branch has mapped its headings by hand."""

_HEADING_ROWS = 60  # rows in which a heading is looked for
_MAX_HEADING_LENGTH = 40
_SHORTLIST, _SHORTLIST_BY_FIELDS = 8, 4
_MAX_CANDIDATES = 5
_MIN_SCORE = 0.35
_MIN_CERTAIN_SCORE = 0.75
_TITLE_BONUS = 0.3
_MISSING_PENALTY, _MAX_PENALTIES = 0.1, 3
_MIN_LEAD = 0.08
"""Two sheets whose scores differ by less are left to a person."""
_MIN_CORE_LENGTH, _MIN_FUZZY_LENGTH = 4, 6
_MIN_TITLE_SIMILARITY = 88
_DISTINCTIVE_WORDS = (
    "物资", "资金", "款物", "发放", "接收", "入库", "出库", "名册", "申请", "巡检", "志愿者",
)  # fmt: skip
"""接收捐赠物资 is no misspelling of 接收捐赠资金."""
_GENERIC_TITLE_WORDS = re.compile(
    r"\(.*?\)|登记表|统计表|明细表|情况表|汇总表|台账|名册|记录|清单|表$"
)


@dataclasses.dataclass(frozen=True, slots=True)
class SheetCandidate:
    """How well one sheet explains a workbook."""

    key: str
    title: str
    score: float  # 0 … 1.3
    known_columns: int  # columns with a heading that the sheet knows
    columns: int  # columns with a heading
    missing: tuple[str, ...]  # labels of the required columns that are not there
    is_titled: bool  # whether the workbook's title or name contains the sheet's
    present_required: int = 0  # required columns that are there


@dataclasses.dataclass(frozen=True, slots=True)
class SheetGuess:
    """The sheet's key, "" where none fits or two fit alike; the reason; the candidates."""

    key: str
    certainty: Certainty
    reason: str
    candidates: tuple[SheetCandidate, ...] = ()  # best first


def guess_sheet(
    grids: Sequence[Grid],
    texts: WorkbookTexts,
    specs: Iterable[SheetSpec],
    *,
    remembered: HeadingsBySheet | None = None,
    requested: str = "",
    allowed: Collection[str] | None = None,
) -> SheetGuess:
    """Compare the headings with every sheet.

    `requested` is the sheet of the link by which the person came. `allowed` are the sheets
    he may enter: another one is named in the reason, and never taken.
    """
    listed = list(specs)
    candidates = rank_sheets(grids, texts, listed, remembered or {})
    if not candidates:
        return _unknown_sheet(texts, listed)
    wanted = _requested_candidate(candidates, requested)
    if wanted is not None:
        reason = f"您要报的就是这张表；{_describe_candidate(wanted)}"
        return SheetGuess(wanted.key, Certainty.YES, reason, candidates)
    lead = candidates[0].score
    close = [one for one in candidates if lead - one.score < _MIN_LEAD]
    close = _drop_less_specific(close)
    if allowed is not None:
        permitted = [one for one in close if one.key in allowed]
        if not permitted:
            return SheetGuess("", Certainty.NO, _forbidden_reason(close[0]), candidates)
        close = permitted
    if len(close) > 1:
        titles = "、".join(f"《{one.title}》" for one in close)
        reason = f"与{titles}几乎同样相符，请选择是哪一张。"
        return SheetGuess("", Certainty.NO, reason, candidates)
    best = close[0]
    certain = best.score >= _MIN_CERTAIN_SCORE and not best.missing
    certainty = Certainty.YES if certain else Certainty.LIKELY
    return SheetGuess(best.key, certainty, _describe_candidate(best), candidates)


def rank_sheets(
    grids: Sequence[Grid],
    texts: WorkbookTexts,
    specs: Iterable[SheetSpec],
    remembered: HeadingsBySheet | None = None,
) -> tuple[SheetCandidate, ...]:
    """Return the sheets whose headings a workbook has, best first."""
    known = remembered or {}
    samples = [sample_rows(grid) for grid in own_grids(grids)]
    candidates = (
        _score_sheet(samples, texts, spec, known.get(spec.key, {}))
        for spec in _shortlist(samples, texts, specs, known)
    )
    good = [one for one in candidates if one is not None and one.score >= _MIN_SCORE]
    return tuple(sorted(good, key=lambda one: (-round(one.score, 6), one.key))[:_MAX_CANDIDATES])


def _unknown_sheet(texts: WorkbookTexts, specs: Iterable[SheetSpec]) -> SheetGuess:
    titled = next((spec for spec in specs if _is_titled(spec, texts)), None)
    prefix = f"标题像《{titled.title}》，但" if titled else ""
    reason = f"{prefix}没有找到任何一张报表的表头。请选择报表，或下载空表对照栏目名称。"
    return SheetGuess("", Certainty.NO, reason)


def _requested_candidate(
    candidates: Sequence[SheetCandidate], requested: str
) -> SheetCandidate | None:
    """Return the requested sheet where it fits not much worse than the best one."""
    wanted = next((one for one in candidates if one.key == requested), None)
    if wanted is None:
        return None
    score = wanted.score + _missing_penalty(len(wanted.missing))
    return wanted if score >= candidates[0].score - _TITLE_BONUS else None


def _forbidden_reason(best: SheetCandidate) -> str:
    return f"像《{best.title}》，但您没有填报这张表的权限；如需填报，请联系上级红十字会授权。"


def _drop_less_specific(candidates: Sequence[SheetCandidate]) -> list[SheetCandidate]:
    """Of sheets that know the same columns keep the one that requires more of them.

    What has a name of goods in each row is a register of goods, though the ledger takes it too.
    """
    return [
        one
        for one in candidates
        if not any(
            (other.known_columns, other.columns) == (one.known_columns, one.columns)
            and other.present_required > one.present_required
            and not other.missing
            for other in candidates
        )
    ]


def _describe_candidate(candidate: SheetCandidate) -> str:
    parts = [f"{candidate.columns} 个栏目中认出 {candidate.known_columns} 个"]
    if candidate.is_titled:
        parts.insert(0, "标题或文件名写的是这张表")
    if candidate.missing:
        parts.append(f"缺少必填的“{'”“'.join(candidate.missing[:3])}”")
    return "，".join(parts)


def _shortlist(
    grids: Sequence[Grid],
    texts: WorkbookTexts,
    specs: Iterable[SheetSpec],
    remembered: HeadingsBySheet,
) -> list[SheetSpec]:
    """Return the sheets that are worth a full comparison: by title, then by known words."""
    cells = {normalize_header(text) for grid in grids for text in _heading_texts(grid)}
    counts = []
    for spec in specs:
        words = _heading_words(spec, remembered.get(spec.key, {}))
        fields = {words[cell] for cell in cells if cell in words}
        titled = _is_titled(spec, texts)
        if len(fields) >= 2 or titled:
            counts.append((titled, len(fields), spec))
    counts.sort(key=lambda count: (-count[0], -count[1], count[2].key))
    rest = sorted(counts[_SHORTLIST:], key=lambda count: -count[1])
    chosen = counts[:_SHORTLIST] + rest[:_SHORTLIST_BY_FIELDS]
    return [spec for _, _, spec in chosen]


def _heading_words(spec: SheetSpec, remembered: Mapping[str, str]) -> dict[str, str]:
    """Return every word that may stand in one cell of a sheet's heading, with its field.

    救护员／期数 stands in one cell, or in two cells above each other.
    """
    words = {
        normalize_header(part): field.name
        for field in spec.fields
        for heading in (field.label, *field.aliases, *field.pattern_examples)
        for part in (*heading.split(JOINER), heading)
    }
    if any(field.name == spec.branch_field for field in spec.fields):
        name = spec.branch_field or ""
        words = dict.fromkeys(map(normalize_header, BRANCH_HEADINGS), name) | words
    return words | {normalize_header(heading): name for heading, name in remembered.items() if name}


def _heading_texts(grid: Grid) -> set[str]:
    head = grid.cells.head(_HEADING_ROWS)
    cells = (text for letter in grid.letters for text in head[letter])
    return {text for text in cells if text and len(text) <= _MAX_HEADING_LENGTH}


def _score_sheet(
    grids: Sequence[Grid], texts: WorkbookTexts, spec: SheetSpec, remembered: Mapping[str, str]
) -> SheetCandidate | None:
    """Return the score of the table that the sheet explains best, None where it finds none."""
    titled = _is_titled(spec, texts)
    ranker = HeadingRanker(spec, remembered)
    candidates = [
        _score_table(layout, spec, is_titled=titled)
        for grid in grids
        for layout in detect_tables(grid, ranker)
    ]
    return max(candidates, key=lambda one: one.score, default=None)


def _score_table(layout: Layout, spec: SheetSpec, *, is_titled: bool) -> SheetCandidate:
    labels = {normalize_header(field.label): field.name for field in spec.fields}
    known, columns = len(layout.columns), len(layout.columns) + len(layout.unknown)
    exact = sum(
        labels.get(normalize_header(layout.headings[letter])) == name
        for letter, name in layout.columns.items()
    )
    required = [field for field in spec.fields if _must_be_present(field)]
    missing = [name for name in layout.missing if not spec.field(name).default_from_period]
    present = len(required) - len(missing)
    coverage = present / len(required) if required else min(1.0, known / len(spec.fields) * 2)
    score = 0.5 * known / columns + 0.2 * exact / columns + 0.3 * coverage
    score += _TITLE_BONUS * is_titled
    score -= _missing_penalty(len(missing))
    return SheetCandidate(
        key=spec.key,
        title=spec.title,
        score=score,
        known_columns=known,
        columns=columns,
        missing=tuple(spec.field(name).label for name in missing),
        is_titled=is_titled,
        present_required=present,
    )


def _must_be_present(field: FieldSpec) -> bool:
    return field.required and field.default is None and not field.default_from_period


def _missing_penalty(count: int) -> float:
    return _MISSING_PENALTY * min(count, _MAX_PENALTIES)


def _is_titled(spec: SheetSpec, texts: WorkbookTexts) -> bool:
    """Tell whether a title or a name contains one of the sheet's titles, or nearly."""
    return any(_mentions_title(title, texts) for title in (spec.title, *spec.titles))


def _mentions_title(title: str, texts: WorkbookTexts) -> bool:
    whole = normalize_spaces(title).replace(" ", "")
    core = _GENERIC_TITLE_WORDS.sub("", whole)
    return any(_contains_title(text.replace(" ", ""), whole, core) for text in texts.all_titles)


def _contains_title(text: str, whole: str, core: str) -> bool:
    if whole in text or (len(core) >= _MIN_CORE_LENGTH and core in text):
        return True
    if any((word in core) != (word in text) for word in _DISTINCTIVE_WORDS):
        return False
    is_long = _MIN_FUZZY_LENGTH <= len(core) <= len(text)
    return is_long and fuzz.partial_ratio(core, text) >= _MIN_TITLE_SIMILARITY
