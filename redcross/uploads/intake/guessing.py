"""What a dropped workbook probably is: which sheet, which months, whose; and how sure that is.

Functions from values to values. A guess is only ever proposed: a person confirms it, and
where two answers fit almost equally neither is taken.
"""

import dataclasses
import datetime as dt
import enum
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import PurePath

import polars as pl
from rapidfuzz import fuzz

from redcross.branches.naming import HEADQUARTERS_WORDS, normalize_branch_name
from redcross.periods import FIRST_YEAR, LAST_YEAR, Period, add_months, month_start
from redcross.uploads.files.workbook import OWN_WORKSHEETS, Grid
from redcross.uploads.mapping.normalize import JOINER, normalize_header
from redcross.uploads.mapping.vocabulary import Vocabulary
from redcross.uploads.schema.import_spec import SheetSpec
from redcross.uploads.tables.detect import detect_tables

_HEADING_ROWS = 60  # rows in which a heading is looked for
_SAMPLE_ROWS = 300  # rows a table is judged by
_SHORTLIST = 8
_MIN_SCORE = 0.35
_TITLE_BONUS = 0.3
_MIN_LEAD = 0.08
"""Two sheets whose fit differs by less are told apart by a person."""
_MIN_TITLE_SIMILARITY = 88
_MISSING_PENALTY = 0.1
_DISTINCTIVE_WORDS = (
    "物资", "资金", "款物", "发放", "接收", "入库", "出库", "名册", "申请", "巡检", "志愿者",
)  # fmt: skip
"""接收捐赠物资 is no misspelling of 接收捐赠资金."""
_GENERIC_TITLE_WORDS = re.compile(
    r"\(.*?\)|登记表|统计表|明细表|情况表|汇总表|台账|名册|记录|清单|表$"
)


class Certainty(enum.StrEnum):
    """How far a guess may be trusted."""

    YES = "yes"  # the workbook says so itself
    LIKELY = "likely"  # it follows from what the workbook says
    NO = "no"  # nothing says so: please look


@dataclasses.dataclass(frozen=True, slots=True)
class SheetCandidate:
    """How well one sheet explains a workbook."""

    key: str
    title: str
    score: float  # 0 … 1.3
    named: int  # columns it knows
    columns: int  # columns with a heading
    missing: tuple[str, ...]  # labels of the required columns that are not there
    titled: bool  # whether the workbook's title or name says its name
    needed: int = 0  # required columns that are there


@dataclasses.dataclass(frozen=True, slots=True)
class SheetGuess:
    """The sheet, "" where none fits or two fit alike; those that fit, best first; why."""

    key: str
    certainty: Certainty
    why: str
    fits: tuple[SheetCandidate, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class PeriodGuess:
    """The months, and why."""

    period: Period
    certainty: Certainty
    why: str


@dataclasses.dataclass(frozen=True, slots=True)
class BranchGuess:
    """The branch's id, and why."""

    branch_id: int
    certainty: Certainty
    why: str


# What a workbook says of itself --------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class WorkbookTexts:
    """The texts around the tables: titles above them, the cells of the head, the names."""

    titles: tuple[str, ...]
    labeled_values: Mapping[str, str]  # 填报单位, 统计时间 → what stands behind the colon
    filename: str
    worksheets: tuple[str, ...]

    @property
    def all_titles(self) -> tuple[str, ...]:
        """Titles, then the file's name, then the worksheets' names."""
        return (*self.titles, self.filename, *self.worksheets)


_LABELED_VALUE = re.compile(
    r"(?P<what>填报单位|报送单位|编制单位|制表单位|上报单位|统计时间|统计日期|统计时段|统计区间|报告期间|报告期"
    r"|统计期间|填报时间|填报日期|报告时间|所属期)"
    r"\s*(?:[(][^)]*[)])?\s*:\s*(?P<said>.*)"
)
_PERIOD_ALONE = re.compile(r"^[(]?(?:19|20)\d{2}\s*年[^:]{0,12}(?:月|度|季|年)[)]?$")
_MAX_TITLE_LENGTH = 80
_NOT_A_TITLE = re.compile(
    r"^[(]?[一二三四五六七八九十]{1,3}[)、.]|^(?:19|20)\d{2}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?$"
)
"""一、个旧市 heads a section, and a day alone is that of the signature."""


def workbook_texts(grids: Sequence[Grid], filename: str) -> WorkbookTexts:
    """Gather what stands above the first dozen rows' columns, and the names given."""
    titles: list[str] = []
    stated: dict[str, str] = {}
    for grid in grids:
        if grid.worksheet in OWN_WORKSHEETS:
            continue
        for row in grid.cells.head(12).select(grid.letters).iter_rows():
            texts = [normalize_spaces(cell) for cell in row if cell and cell.strip()]
            matches = [_LABELED_VALUE.search(text) for text in texts]
            if any(matches):
                # 填报单位：××    2021年7-9月
                alone = [text for text in texts if _PERIOD_ALONE.match(text)]
                stated |= {"统计时间": alone[0]} if alone and "统计时间" not in stated else {}
            for at, match in enumerate(matches):
                if match:
                    said = match["said"] or (texts[at + 1] if at + 1 < len(texts) else "")
                    stated.setdefault(match["what"], said.strip())
            is_title = len(texts) == 1 and 4 <= len(texts[0]) <= _MAX_TITLE_LENGTH
            if is_title and not _NOT_A_TITLE.match(texts[0]):
                titles.append(texts[0])
    worksheets = tuple(
        normalize_spaces(grid.worksheet) for grid in grids if grid.worksheet not in OWN_WORKSHEETS
    )
    return WorkbookTexts(
        tuple(titles), stated, normalize_spaces(PurePath(filename).stem), worksheets
    )


def normalize_spaces(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


# Which sheet -----------------------------------------------------------------------


def guess_sheet(
    grids: Sequence[Grid],
    words: WorkbookTexts,
    specs: Iterable[SheetSpec],
    *,
    remembered: Mapping[str, Mapping[str, str]] | None = None,
    hinted: str = "",
    allowed: Collection[str] | None = None,
) -> SheetGuess:
    """Hold the headings against every sheet; `hinted` is the one the person came for.

    `allowed` are the keys he may hand in; another is named, and never taken.
    """
    known = remembered or {}
    listed = list(specs)
    fits = rank_sheets(grids, words, listed, known)
    if not fits:
        named = [spec for spec in listed if _is_titled(spec, words)]
        said = f"标题像《{named[0].title}》，但" if named else ""
        return SheetGuess(
            "",
            Certainty.NO,
            f"{said}没有找到任何一张报表的表头。请选择报表，或下载空表对照栏目名称。",
        )
    best = fits[0]
    asked = next((fit for fit in fits if fit.key == hinted), None)
    lacking = _MISSING_PENALTY * min(len(asked.missing), 3) if asked is not None else 0
    if asked is not None and asked.score + lacking >= best.score - _TITLE_BONUS:
        return SheetGuess(
            asked.key, Certainty.YES, f"您要报的就是这张表；{_describe_candidate(asked)}", fits
        )
    rivals = [fit for fit in fits[1:] if best.score - fit.score < _MIN_LEAD]
    best, *rivals = _drop_less_specific([best, *rivals])
    if allowed is not None:
        close = [fit for fit in (best, *rivals) if fit.key in allowed]
        if not close:
            why = (
                f"像《{best.title}》，但您没有填报这张表的权限；如需填报，请联系上级红十字会授权。"
            )
            return SheetGuess("", Certainty.NO, why, fits)
        best, rivals = close[0], close[1:]
    if rivals:
        names = "、".join(f"《{fit.title}》" for fit in (best, *rivals))
        return SheetGuess("", Certainty.NO, f"与{names}几乎同样相符，请选择是哪一张。", fits)
    certain = best.score >= 0.75 and not best.missing
    return SheetGuess(
        best.key, Certainty.YES if certain else Certainty.LIKELY, _describe_candidate(best), fits
    )


def _drop_less_specific(fits: Sequence[SheetCandidate]) -> list[SheetCandidate]:
    """Of sheets that know the same columns keep the one that asks for more of them.

    What has a name of goods in each row is a register of goods, though the ledger takes it too.
    """
    return [
        fit
        for fit in fits
        if not any(
            (other.named, other.columns) == (fit.named, fit.columns)
            and other.needed > fit.needed
            and not other.missing
            for other in fits
        )
    ]


def _describe_candidate(fit: SheetCandidate) -> str:
    parts = [f"{fit.columns} 个栏目中认出 {fit.named} 个"]
    if fit.titled:
        parts.insert(0, "标题或文件名写的是这张表")
    if fit.missing:
        parts.append(f"缺少必填的“{'”“'.join(fit.missing[:3])}”")
    return "，".join(parts)


def rank_sheets(
    grids: Sequence[Grid],
    words: WorkbookTexts,
    specs: Iterable[SheetSpec],
    remembered: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[SheetCandidate, ...]:
    """Return the sheets whose headings a workbook has, best first."""
    known = remembered or {}
    tops = [first_rows(grid) for grid in grids if grid.worksheet not in OWN_WORKSHEETS]
    texts = {normalize_header(text) for grid in tops for text in _head_texts(grid)}
    counted = []
    for spec in specs:
        words_known = _heading_cells(spec, known.get(spec.key, {}))
        fields = {words_known[text] for text in texts if text in words_known}
        titled = _is_titled(spec, words)
        if len(fields) >= 2 or titled:
            counted.append((len(fields), titled, spec))
    counted.sort(key=lambda each: (-each[1], -each[0], each[2].key))
    shortlist = counted[:_SHORTLIST] + sorted(counted[_SHORTLIST:], key=lambda each: -each[0])[:4]
    found = [_score_sheet(tops, words, spec, known.get(spec.key, {})) for _, _, spec in shortlist]
    good = [fit for fit in found if fit is not None and fit.score >= _MIN_SCORE]
    return tuple(sorted(good, key=lambda fit: (-round(fit.score, 6), fit.key))[:5])


def _heading_cells(spec: SheetSpec, remembered: Mapping[str, str]) -> dict[str, str]:
    """Return every word that may stand in one cell of a sheet's heading, with its field."""
    found = {
        normalize_header(level): field.name
        for field in spec.fields
        for word in (field.label, *field.aliases)
        for level in word.split(JOINER)
    }
    return found | {normalize_header(heading): name for heading, name in remembered.items() if name}


def first_rows(grid: Grid) -> Grid:
    return dataclasses.replace(grid, cells=grid.cells.head(_SAMPLE_ROWS))


def _head_texts(grid: Grid) -> set[str]:
    head = grid.cells.head(_HEADING_ROWS)
    return {text for letter in grid.letters for text in head[letter] if text and len(text) <= 40}


def _score_sheet(
    grids: Sequence[Grid], words: WorkbookTexts, spec: SheetSpec, remembered: Mapping[str, str]
) -> SheetCandidate | None:
    """Judge by the table of the workbook that the sheet explains best."""
    best: SheetCandidate | None = None
    titled = _is_titled(spec, words)
    labels = {normalize_header(field.label): field.name for field in spec.fields}
    vocabulary = Vocabulary(spec, remembered)
    for grid in grids:
        for layout in detect_tables(grid, vocabulary):
            named, columns = len(layout.columns), len(layout.columns) + len(layout.unknown)
            exact = sum(
                labels.get(normalize_header(layout.headings[letter])) == name
                for letter, name in layout.columns.items()
            )
            needed = [
                field
                for field in spec.fields
                if field.required and field.default is None and not field.default_from_period
            ]
            lacking = [each for each in layout.missing if not spec.field(each).default_from_period]
            there = len(needed) - len(lacking)
            own = there / len(needed) if needed else min(1.0, named / len(spec.fields) * 2)
            score = (
                0.5 * named / columns + 0.2 * exact / columns + 0.3 * own + _TITLE_BONUS * titled
            )
            score -= _MISSING_PENALTY * min(len(lacking), 3)
            if best is None or score > best.score:
                missing = tuple(spec.field(name).label for name in lacking)
                best = SheetCandidate(
                    spec.key, spec.title, score, named, columns, missing, titled, there
                )
    return best


def _title_core(title: str) -> str:
    return _GENERIC_TITLE_WORDS.sub("", normalize_spaces(title).replace(" ", ""))


def _is_titled(spec: SheetSpec, words: WorkbookTexts) -> bool:
    """Tell whether a title or a name holds one of the sheet's titles, or nearly."""
    return any(_mentions_title(title, words) for title in (spec.title, *spec.titles))


def _mentions_title(title: str, words: WorkbookTexts) -> bool:
    whole, core = normalize_spaces(title).replace(" ", ""), _title_core(title)
    for text in words.all_titles:
        bare = text.replace(" ", "")
        if whole in bare or (len(core) >= 4 and core in bare):
            return True
        long_enough = len(core) >= 6 and len(bare) >= len(core)
        if any((word in core) != (word in bare) for word in _DISTINCTIVE_WORDS):
            continue
        if long_enough and fuzz.partial_ratio(core, bare) >= _MIN_TITLE_SIMILARITY:
            return True
    return False


# Which months ----------------------------------------------------------------------

_YEAR = r"(?P<year>(?:19|20)\d{2})"
_NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
            "十": 10, "十一": 11, "十二": 12}  # fmt: skip
_MONTH = r"(?P<{name}>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_OPTIONAL_DAY = r"(?:\s*(?:3[01]|[12]\d|0?[1-9])\s*日)?"
_MONTH_RANGE = re.compile(
    rf"{_YEAR}\s*[年./-]\s*{_MONTH.format(name='first')}\s*月?\s*(?:份)?{_OPTIONAL_DAY}\s*(?:[-—–~至到]+)\s*"
    rf"(?:(?P<year2>(?:19|20)\d{{2}})\s*[年./-]\s*)?{_MONTH.format(name='last')}\s*月"
)
_DAY_RANGE = re.compile(
    rf"{_YEAR}[年./-]{_MONTH.format(name='first')}[月./-](?:3[01]|[12]\d|0?[1-9])日?\s*[-—–~至到]+\s*"
    rf"(?:(?P<year2>(?:19|20)\d{{2}})[年./-])?{_MONTH.format(name='last')}[月./-]\d"
)
_QUARTER = re.compile(
    rf"{_YEAR}\s*年?度?\s*(?:第?(?P<quarter>[一二三四1-4])\s*季度?|[Qq](?P<q>[1-4]))"
)
_HALF = re.compile(rf"{_YEAR}\s*年?\s*(?P<half>上半年|下半年|[Hh][12])")
_ONE_MONTH = re.compile(
    rf"{_YEAR}\s*(?:年\s*{_MONTH.format(name='m')}\s*月"
    rf"|[-./_](?P<m2>1[0-2]|0?[1-9])(?!\d))"
)
_COMPACT_DAY = re.compile(rf"(?<!\d){_YEAR}(?P<m>0[1-9]|1[0-2])(?:[0-3]\d)?(?!\d)")
_ONE_YEAR = re.compile(rf"(?<!\d){_YEAR}\s*年")
_BARE_MONTH = re.compile(rf"(?<![\d年]){_MONTH.format(name='m')}\s*月(?:份)?")
_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_YEAR_IN_WORDS = re.compile("([〇○零一二三四五六七八九]{4})年")
_BARE_QUARTER = re.compile(r"第?(?P<quarter>[一二三四])季度")


def find_period(text: str, *, today: dt.date) -> tuple[Period, Certainty] | None:
    """Read the months a title or a name speaks of; without a year the latest ones past."""
    said = _YEAR_IN_WORDS.sub(_year_to_digits, unicodedata.normalize("NFKC", text))
    for read in (_find_range, _find_quarter, _find_half, _find_month, _find_year):
        period = read(said)
        if period is not None:
            return period, Certainty.YES
    period = _find_yearless(said, today)
    return None if period is None else (period, Certainty.LIKELY)


def _year_to_digits(match: re.Match[str]) -> str:
    """Return 2026年 for 二〇二六年."""
    return match[1].translate(_CHINESE_DIGITS) + "年"


def _find_range(text: str) -> Period | None:
    match = _MONTH_RANGE.search(text) or _DAY_RANGE.search(text)
    if match is None:
        return None
    year = int(match["year"])
    first = dt.date(year, _to_number(match["first"]), 1)
    last = dt.date(int(match["year2"] or year), _to_number(match["last"]), 1)
    return Period(first, last) if first <= last else None


def _find_quarter(text: str) -> Period | None:
    match = _QUARTER.search(text)
    if match is None:
        return None
    return Period.parse(f"{match['year']}Q{_to_number(match['quarter'] or match['q'])}")


def _find_half(text: str) -> Period | None:
    match = _HALF.search(text)
    if match is None:
        return None
    number = 1 if match["half"] in ("上半年", "H1", "h1") else 2
    return Period.parse(f"{match['year']}H{number}")


def _find_month(text: str) -> Period | None:
    match = _ONE_MONTH.search(text)
    if match is not None:
        return Period.month(dt.date(int(match["year"]), _to_number(match["m"] or match["m2"]), 1))
    match = _COMPACT_DAY.search(text)
    return Period.month(dt.date(int(match["year"]), int(match["m"]), 1)) if match else None


def _find_year(text: str) -> Period | None:
    match = _ONE_YEAR.search(text)
    return Period.year(int(match["year"])) if match else None


def _find_yearless(text: str, today: dt.date) -> Period | None:
    match = _BARE_QUARTER.search(text)
    if match is not None:
        period = Period.parse(f"{today.year}Q{_to_number(match['quarter'])}")
        return period if period.start <= today else period.same_last_year
    match = _BARE_MONTH.search(text)
    if match is None:
        return None
    period = Period.month(dt.date(today.year, _to_number(match["m"]), 1))
    return period if period.start <= today else period.same_last_year


def _to_number(text: str) -> int:
    return _NUMBERS.get(text) or int(text)


def dated_months(grids: Sequence[Grid], spec: SheetSpec) -> Period | None:
    """Return the months the sheet's own date column spans, None where no day is plain."""
    if spec.dated_by is None:
        return None
    days = [
        day for text in column_texts(grids, spec, spec.dated_by) if (day := _month_of_date(text))
    ]
    return Period(month_start(min(days)), month_start(max(days))) if days else None


def column_texts(grids: Sequence[Grid], spec: SheetSpec, name: str) -> list[str]:
    """Return the different texts below the headings of one field, in all tables."""
    found: set[str] = set()
    vocabulary = Vocabulary(spec, {})
    for grid in grids:
        if grid.worksheet in OWN_WORKSHEETS:
            continue
        for layout in detect_tables(first_rows(grid), vocabulary):
            letter = next((each for each, field in layout.columns.items() if field == name), None)
            if letter is not None:
                below: pl.Series = grid.cells[letter][layout.positions[0] :]
                found |= {text for text in below.unique() if text and text.strip()}
    return sorted(found)


_DAY = re.compile(
    r"^\s*(?P<y>(?:19|20)\d{2})(?:[-/.年]\s*(?P<m>\d{1,2})[-/.月]\s*\d{1,2}|(?P<m2>\d{2})\d{2}$)"
)
_SERIAL = re.compile(r"^[234]\d{4}(?:\.\d+)?$")
_EPOCH = dt.date(1899, 12, 30)


def _month_of_date(text: str) -> dt.date | None:
    """Return the month's first day of a cell that is plainly a date, None of any other."""
    said = unicodedata.normalize("NFKC", text)
    if _SERIAL.match(said):
        return _EPOCH + dt.timedelta(days=int(float(said)))
    match = _DAY.match(said)
    if match is None:
        return None
    year, month = int(match["y"]), int(match["m"] or match["m2"])
    sensible = FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12
    return dt.date(year, month, 1) if sensible else None


def guess_period(
    words: WorkbookTexts,
    *,
    dated: Period | None,
    today: dt.date,
    hinted: Period | None = None,
) -> PeriodGuess:
    """Take what is written, else what the rows are dated by, what was asked, the last month."""
    for where, text in _period_sources(words):
        found = find_period(text, today=today)
        if found is None:
            continue
        period, sure = found
        if dated is not None and dated not in period:
            why = f"{where}是{period.label}，但日期列是{dated.label}"
            return PeriodGuess(period, Certainty.NO, f"{why}，请核对")
        missing = "（没有写年份，按最近的一期）" if sure is Certainty.LIKELY else ""
        return PeriodGuess(period, sure, f"{where}是{period.label}{missing}")
    if dated is not None and (dated.length or 0) <= 12:
        one = dated.length == 1
        return PeriodGuess(
            dated, Certainty.YES if one else Certainty.LIKELY, f"日期列都在{dated.label}"
        )
    if hinted is not None:
        return PeriodGuess(hinted, Certainty.LIKELY, f"您要报的是{hinted.label}")
    last = Period.month(add_months(month_start(today), -1))
    return PeriodGuess(last, Certainty.NO, "表中没有写报告期，暂按上个月，请核对")


def _period_sources(words: WorkbookTexts) -> list[tuple[str, str]]:
    stated = [
        (f"“{what}”写的", words.labeled_values[what])
        for what in ("统计时间", "报告期", "统计期间", "统计日期")
        if words.labeled_values.get(what)
    ]
    titles = [("标题写的", text) for text in words.titles]
    names = [("工作表名写的", text) for text in words.worksheets]
    return [*stated, *titles, ("文件名写的", words.filename), *names]


# Whose -------------------------------------------------------------------------------


def guess_branch(
    words: WorkbookTexts,
    *,
    column: Sequence[str],
    names: Mapping[str, tuple[int, ...]],
    labels: Mapping[int, str],
    above: Mapping[int, int],
    enterable: Collection[int],
    home: int,
) -> BranchGuess:
    """Take 填报单位, title or name, then the 单位 column; never one he may not enter.

    `names` are normalised names → ids, `above` a branch's id → that of its parent,
    `column` the cells of the 单位 column.
    """
    outside: tuple[str, int] | None = None
    for where, text in _branch_sources(words):
        found = find_branch(text, names, above)
        if found is not None and found in enterable:
            return BranchGuess(found, Certainty.YES, f"{where}是{labels[found]}")
        if found is not None and outside is None and found not in _ancestor_line(home, above):
            outside = (where, found)
    rows = {
        ids[0]
        for text in set(column)
        if len(ids := names.get(normalize_branch_name(text), ())) == 1
    }
    common = _common_ancestor([pk for pk in rows if pk in enterable], above, enterable)
    if outside is not None:
        where, found = outside
        why = f"{where}是{labels[found]}，不在您的填报范围，暂按{labels[home]}，请核对"
        return BranchGuess(home, Certainty.NO, why)
    if common is not None:
        sure = Certainty.YES if rows <= set(enterable) else Certainty.NO
        return BranchGuess(common, sure, f"单位列都属于{labels[common]}")
    return BranchGuess(home, Certainty.LIKELY, "表中没有写单位，按您所在的单位")


def _branch_sources(words: WorkbookTexts) -> list[tuple[str, str]]:
    stated = [
        (f"“{what}”写的", words.labeled_values[what])
        for what in ("填报单位", "报送单位", "编制单位", "制表单位")
        if words.labeled_values.get(what)
    ]
    titles = [("标题写的", text) for text in words.titles]
    return [*stated, *titles, ("文件名写的", words.filename)]


def find_branch(
    text: str, names: Mapping[str, tuple[int, ...]], above: Mapping[int, int]
) -> int | None:
    """Return the branch a text names, with those above it or alone; None of several or none."""
    said = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    generic = {normalize_branch_name(word) for word in HEADQUARTERS_WORDS}
    longest = max(map(len, names), default=0)
    found: list[int] = []
    start = 0
    while start < len(said):
        ends = range(min(len(said), start + longest), start + 1, -1)
        parts = ((end, said[start:end]) for end in ends)
        end, ids = next(
            ((end, names[part]) for end, part in parts if part in names and part not in generic),
            (start + 1, ()),
        )
        if len(ids) == 1 and not said[start:end].isdigit():
            found.append(ids[0])
        start = end
    lowest = max(found, key=lambda pk: len(_ancestor_line(pk, above)), default=None)
    alone = lowest is not None and set(found) <= set(_ancestor_line(lowest, above))
    return lowest if alone else None


def _ancestor_line(pk: int, above: Mapping[int, int]) -> list[int]:
    """Return the branch and all above it."""
    line = [pk]
    while line[-1] in above:
        line.append(above[line[-1]])
    return line


def _common_ancestor(
    found: Sequence[int], above: Mapping[int, int], enterable: Collection[int]
) -> int | None:
    """Return the lowest branch that holds all of these and may be entered."""
    if not found:
        return None
    shared = [
        pk
        for pk in _ancestor_line(found[0], above)
        if all(pk in _ancestor_line(one, above) for one in found)
    ]
    return next((pk for pk in shared if pk in enterable), None)
