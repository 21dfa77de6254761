"""Where a table's heading stands, what each column is, and which rows are data."""

import dataclasses
import functools
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import polars as pl
from rapidfuzz import fuzz, process

from redcross.units import MULTIPLES, Unit
from redcross.uploads.cells.parsed import BLANKS, INVISIBLE
from redcross.uploads.opening import EMPTY, KIND, NUMBER, TEXT
from redcross.uploads.specification import CellKind, FieldSpec, SheetKind, SheetSpec
from redcross.uploads.workbook import Grid, UnreadableError

JOINER = "／"
DEEPEST = 3
MOST_TABLES = 2000
"""A list of fifty thousand lines has its heading on each of 1,700 pages."""
_SCANNED = 60
_LONGEST_HEADING = 40
_LONGEST_HINTED = 12
_NEAR = 70
_LONGEST_UNIT_CELL = 120
_FALLBACK = 100
"""Ranks from here on are taken only where no column says the same more exactly."""
_UNIT_WORDS = (
    "万元|亿元|千元|百元|元|万人次|万人|人次|万|人|个|枚|例|份|台|件|名|户|期|场|批|%"
    "|小时|万毫升|毫升|支|张|所|家|次|套|辆|顶|床|箱"
)
_UNIT_IN_BRACKETS = re.compile(rf"[(\[](?:单位[::]?)?(?:人民币)?(?P<unit>{_UNIT_WORDS})[)\]]")
_UNIT_AFTER = re.compile(
    rf"(?:单位[::](?P<unit>{_UNIT_WORDS})|[/／](?P<money>万元|亿元|千元|百元|元))$"
)
_UNIT_CELL = re.compile(
    r"(?:单位(?:[::]|为|是|均为)|[(]|计量单位)\s*(?:人民币)?(?P<unit>万元|亿元|千元|百元|元)(?!/)"
)
_TOTAL_WORD = "合计|总计|小计|共计|累计|总金额|总额|总数|总和|合計|總計"
_OF_TOTAL = (
    "金额|数额|款额|总额|捐款|捐赠|善款|款项|款物|资金|物资|人民币|大写|小写|人数|人次|笔数|户数|收到|接收|募集|收入"
    "|社会|各界|爱心|单位|个人|为|是|共|额|数|款|元"
)
# 合计科技公司 is a giver: after the word stands nothing but what sums are called.
_TOTAL_ENDS = rf"(?:{_OF_TOTAL})*+(?=$|[^\w(]|_|\d|\((?:{_UNIT_WORDS}|{_OF_TOTAL}|单位|\d))"
_TOTAL = re.compile(
    r"\W*(?:以上|本页|本表|本期|本月|本年|本日|当日|全年|全省|全市|全州|全县|全区|累计|捐款|捐赠|接收|金额|款物|资金|物资)*"
    rf"(?:{_TOTAL_WORD}){_TOTAL_ENDS}"
)
_TOTAL_OF = re.compile(
    rf".{{1,20}}(?:{_TOTAL_WORD}){_TOTAL_ENDS}|.{{0,20}}共(?:收到|接收|接受|募集|筹集|收)?(?:{_OF_TOTAL})*+\d"
)
"""2月1日小计 or 共57笔: a total only where the row has nothing else that a line has."""
_SECTION = r"^[(]?[一二三四五六七八九十]{1,3}(?:[)、.:][^一二三四五六七八九十]|[)、.:]?$)"
_SIGNATURE = re.compile(
    r"(?:注|备注|说明|附注|填表|制表|审核|复核|负责人|单位负责人|主管|经办|联系|填报|报送|"
    r"统计时间|统计日期|截止|截至|数据来源|日期|时间|签字|盖章|公示|监督|电话|地址|开户)"
    r"(?:人|单位|日期|时间|电话|领导|责任人|来源|期|说明|方式|银行)*\s*[((]?[^::]{0,12}[::]"
)
_ASKED = re.compile(r"[\u3400-\u9fff]{2,8}(?:\([^)]{1,6}\))?:")
"""分管领导：, 科室（盖章）：, whatever stands behind it."""
_NOTE = re.compile(r"^(?:注|备注|说明|附注|温馨提示|存在问题)[::\d(]")
_DAY_ALONE = re.compile(r"^(?:二[〇○零O0]..?|\d{4})年.{1,3}月.{1,4}日$")
_BRANCH_WORDS = (
    "单位", "填报单位", "所属单位", "单位名称", "机构", "县", "县区", "县（市、区）", "县市区",
    "区县", "县（区）", "县（市）", "县市", "市县", "州市", "州（市）", "各州市", "各县市", "州县",
    "地州市", "州市名称", "县市名称", "县区名称", "地区", "行政区划", "红十字会", "红十字会名称",
)  # fmt: skip
_SUMS = ("合计", "总计", "小计", "共计", "合計", "總計")
_SERIAL_HEADINGS = frozenset({"序号", "编号", "序", "NO", "NO.", "行号", "#"})
_AMOUNT = re.compile(r"\d")
_AT_ONCE = 50_000
_COUNTING = ("数", "数量", "人次", "次数")
_INVISIBLE_PATTERN = "[" + "".join(map(chr, INVISIBLE)) + "]"
_NUMBERS = (CellKind.DECIMAL, CellKind.INTEGER)
_FILLING = {
    "money": re.compile(r"(?:总金额|金额|数额|额)$"),
    "number": re.compile(r"(?:总数|数量|数|%)$"),
    "date": re.compile(r"起止(?=时间|日期)"),
    "words": re.compile(r"^(?:是否|有无)|(?:名称|姓名|情况|说明)$|是否"),
}
_JOINING = re.compile(r"[及和与的]")
_MARKS = str.maketrans("", "", '()/、“”"‘’《》')


@dataclasses.dataclass(frozen=True, slots=True)
class TotalRow:
    """A printed total: its Excel row, and its frame position."""

    row: int
    position: int
    label: str
    is_part: bool  # 小计: of the rows since the last one
    heads: bool = False  # 一、单位 with its sum: of the rows that follow
    column: str = ""  # where the sum stands by itself, outside the table's columns


@dataclasses.dataclass(frozen=True, slots=True)
class Layout:
    """One table of a worksheet as recognised."""

    worksheet: str
    heading_rows: tuple[int, ...]
    columns: Mapping[str, str]  # letter → field
    headings: Mapping[str, str]  # letter → printed heading, levels joined by ／
    unknown: tuple[str, ...]  # headings nothing is known of
    missing: tuple[str, ...]  # required fields the whole table lacks
    multiples: Mapping[str, Decimal]  # letter → what its numbers are multiplied by
    unit: str  # the unit of the table as printed, "" where none is
    positions: tuple[int, int]  # half-open range of frame rows below the heading
    data: pl.Series  # frame positions of data rows
    totals: tuple[TotalRow, ...]
    proposals: Mapping[str, tuple[str, int]]  # unknown heading → (field, score)

    @property
    def by_heading(self) -> dict[str, str]:
        """Printed heading → field, as the command answers."""
        return {self.headings[letter]: field for letter, field in self.columns.items()}


@dataclasses.dataclass(frozen=True, slots=True)
class _Match:
    field: str
    rank: int


class Vocabulary:
    """The headings a sheet knows, with the fields they stand for."""

    def __init__(self, spec: SheetSpec, remembered: Mapping[str, str]) -> None:
        self.spec = spec
        self.words: dict[str, _Match] = {}
        self.spellings: dict[str, _Match] = {}
        self.parents: dict[str, str] = {}
        self.leaves: dict[str, set[tuple[str, str]]] = {}
        """The lowest level of a heading → the parents it stands under, with their fields."""
        self.loose: dict[tuple[str, str], set[str]] = {}
        """What a heading says without the words that only fill it up → its fields."""
        for field in spec.fields:
            if JOINER in field.label:
                self.parents[field.name] = plain(field.label.partition(JOINER)[0])
            for rank, word in enumerate((field.label, *field.aliases)):
                self.words.setdefault(plain(word), _Match(field.name, rank))
                self.spellings.setdefault(_spelt(word), _Match(field.name, rank))
                self.loose.setdefault(_loose(word, _sort(field)), set()).add(field.name)
                parent, _, leaf = word.rpartition(JOINER)
                if parent:
                    self.leaves.setdefault(_leaf(leaf), set()).add((plain(parent), field.name))
        if spec.branch_field and any(each.name == spec.branch_field for each in spec.fields):
            for rank, word in enumerate(_BRANCH_WORDS):
                self.words.setdefault(plain(word), _Match(spec.branch_field, _FALLBACK + rank))
        for heading, name in remembered.items():
            self.words[plain(heading)] = _Match(name, -1)
        self.hints = [(plain(hint), field.name) for field in spec.fields for hint in field.hints]

    def exact(self, heading: str) -> _Match | None:
        """Return what a heading says, by the words alone."""
        return self.words.get(plain(heading))

    def _below(self, levels: Sequence[str]) -> _Match | None:
        """Return what the lowest level says by itself, unless its parent says otherwise.

        期数 under 师资 is not 救护员／期数.
        """
        found = self.exact(levels[-1])
        if found is None or len(levels) == 1:
            return found
        parent, above = self.parents.get(found.field, ""), plain("".join(levels[:-1]))
        if above and self.leaves and not parent and plain(levels[-1]) in _SUMS:
            return None  # the 合计 of a group is not that of the row
        if parent and above and parent not in above and above not in parent:
            return None
        return dataclasses.replace(found, rank=found.rank + (_FALLBACK // 2 if parent else 0))

    def _akin(self, levels: Sequence[str]) -> _Match | None:
        """Return the field of this lowest level whose parent is worded a little otherwise.

        募集资金／小计 is 资金／小计; where parents of two fields would do, neither is.
        """
        above = plain("".join(levels[:-1]))
        found = {
            (parent, field)
            for parent, field in self.leaves.get(_leaf(levels[-1]), ())
            if above and (parent in above or above in parent)
        }
        # 微信二维码及POS机 says more than the 微信 within it.
        parents = {parent for parent, _ in found}
        fields = {
            field
            for parent, field in found
            if not any(parent != other and parent in other for other in parents)
        }
        return _Match(fields.pop(), _FALLBACK // 2) if len(fields) == 1 else None

    def _loosely(self, heading: str) -> _Match | None:
        """Return the one field that says the same but for words that fill it up: 配捐额, 配捐."""
        whole = plain(heading)
        folded = [key for sort in _FILLING if (key := _loose(heading, sort))[1] != whole]
        # A heading that fills nothing up says no more than it does: 捐赠 is no 捐赠金额.
        fields = set().union(*(self.loose.get(key, set()) for key in folded))
        return _Match(fields.pop(), _FALLBACK - 1) if len(fields) == 1 else None

    def hinted(self, heading: str) -> str | None:
        """Return the field a word within a short heading points to."""
        text = plain(heading)
        if len(text) > _LONGEST_HINTED or re.search(r"\d", text):
            return None
        return next((name for hint, name in self.hints if self.points(hint, name, text)), None)

    def points(self, hint: str, field: str, text: str) -> bool:
        """Tell whether a hint within a plain heading says so: 捐款人数 counts, it names nobody."""
        counts = text.endswith(_COUNTING) and self.spec.field(field).kind not in _NUMBERS
        return hint in text and not counts

    def match(self, levels: Sequence[str]) -> _Match | None:
        """Return what a column of one to three levels says."""
        joined = JOINER.join(levels)
        found = (
            self.spellings.get(_spelt(joined))
            or self.exact(joined)
            or self._below(levels)
            or self.exact("".join(levels))
            or self._akin(levels)
            or self._loosely(joined)
        )
        if found is not None:
            return found
        if len(levels) > 1 and (_is_unit(levels[-1]) or plain(levels[-1]) in _SUMS):
            # 角膜／例 is a count of cases, 角膜／枚 of corneas: the exact one goes before.
            # 捐款金额／小计 is the 捐款金额 of which 现金 and 转账 beside it are parts.
            found = self.match(levels[:-1])
            return dataclasses.replace(found, rank=found.rank + _FALLBACK) if found else None
        return None


@functools.lru_cache(maxsize=20_000)
def plain(heading: str) -> str:
    """Fold a heading for matching: widths, blanks, units and marks do not count."""
    text = unicodedata.normalize("NFKC", heading.translate(INVISIBLE)).upper()
    text = "".join(text.split())
    text = _UNIT_IN_BRACKETS.sub("", text)
    text = _UNIT_AFTER.sub("", text)
    # 其中 says that the columns are parts of the one before, not what they are.
    text = text.replace("其中:", "").replace("其中", "")
    return text.translate(_MARKS).strip("*:·.,")


def _sort(field: FieldSpec) -> str:
    """Tell apart what the same last word means something else in: 人数 counts, 捐赠人 names."""
    if field.kind in (CellKind.DECIMAL, CellKind.INTEGER):
        return "money" if field.unit is Unit.YUAN else "number"
    return "date" if field.kind is CellKind.DATE else "words"


def _loose(heading: str, sort: str) -> tuple[str, str]:
    """Fold away what fills a heading up without saying more, by what the column holds."""
    whole = plain(heading)
    text = _JOINING.sub("", _FILLING[sort].sub("", whole))
    if sort == "date":
        text = text.replace("时间", "日期")
    return sort, text if len(text) > 1 else whole


def _leaf(heading: str) -> str:
    """Fold the lowest level of a heading: 合计 of a group is what others call its 小计."""
    text = plain(heading)
    return "小计" if text in _SUMS else text


@functools.lru_cache(maxsize=20_000)
def _spelt(heading: str) -> str:
    """Fold widths and blanks only: 角膜／例 and 角膜／枚 stay apart."""
    text = unicodedata.normalize("NFKC", heading.translate(INVISIBLE)).upper()
    return "".join(text.split())


def printed(heading: str) -> str:
    """Return a heading as printed, without white space."""
    return "".join(heading.translate(INVISIBLE).split())


def recognise(
    grid: Grid, spec: SheetSpec, remembered: Mapping[str, str] | None = None
) -> list[Layout]:
    """Find every table of a worksheet; empty where no heading is known.

    Raise UnreadableError where there are more than anybody prints.
    """
    vocabulary = Vocabulary(spec, remembered or {})
    reader = _Reader(grid, vocabulary)
    starts = reader.heading_positions()
    layouts: list[Layout] = []
    for at, end in itertools.pairwise([*starts, grid.cells.height]):
        beside = reader.side_by_side(at)
        if len(layouts) + len(beside) > MOST_TABLES:
            raise UnreadableError("file.too_many_tables", grid.worksheet)
        readers = [_Reader(_part(grid, letters), vocabulary) for letters in beside] or [reader]
        # A second table, or the heading repeated on a new page, keeps the unit of the first.
        above = layouts[-1].unit if layouts else ""
        found = [
            layout
            for each in readers
            if (layout := each.layout(at, end, above, is_first=at == starts[0])) is not None
        ]
        layouts += found
    return layouts


def _part(grid: Grid, letters: Sequence[str]) -> Grid:
    """Return some columns of a worksheet under their own letters."""
    columns = [name for letter in letters for name in (letter, letter + KIND)]
    return Grid(grid.worksheet, grid.first_row, grid.cells.select(columns))


def _is_unit(text: str) -> bool:
    bare = "".join(unicodedata.normalize("NFKC", text).split()).strip("()[]")
    return bool(re.fullmatch(_UNIT_WORDS, bare))


class _Reader:
    """Reads one worksheet with one vocabulary."""

    def __init__(self, grid: Grid, vocabulary: Vocabulary) -> None:
        self.grid = grid
        self.vocabulary = vocabulary
        self.letters = grid.letters
        self.height = grid.cells.height
        self._rows = self._head_rows(0, min(self.height, _SCANNED))

    def _head_rows(self, start: int, stop: int) -> dict[int, list[str]]:
        part = self.grid.cells[start:stop].select(self.letters)
        return {
            start + index: [(cell or "").translate(INVISIBLE).strip(BLANKS) for cell in row]
            for index, row in enumerate(part.iter_rows())
        }

    def row(self, position: int) -> list[str]:
        """Return the trimmed texts of one row."""
        if position not in self._rows:
            self._rows.update(self._head_rows(position, min(position + 8, self.height)))
        return self._rows[position]

    # headings ---------------------------------------------------------------

    def heading_positions(self) -> list[int]:
        """Return the frame positions of the first heading row of each table."""
        first = next(
            (
                at
                for at in range(min(self.height, _SCANNED))
                if self._is_heading(at) or self._is_group_row(at)
            ),
            None,
        )
        if first is None:
            return []
        found = [first]
        below = first + self._depth(first)[0]
        candidates = self._candidates(below, self.row(first))
        self._look_up(candidates)
        for at in candidates:
            if at < below:
                continue
            known = self._is_heading(at) and self._mostly_known(at)
            lower = known and self._repeats_lower_row(at, range(found[-1] + 1, below))
            if (known and not lower) or self._is_row_again(at, first):
                found.append(at)
                below = at + self._depth(at)[0]
            if len(found) > MOST_TABLES:
                raise UnreadableError("file.too_many_tables", self.grid.worksheet)
        return found

    def _look_up(self, positions: Sequence[int]) -> None:
        """Fetch the texts of many rows at once."""
        rows = self.grid.cells.select(self.letters)[list(positions)]
        for at, row in zip(positions, rows.iter_rows(), strict=True):
            self._rows[at] = [(cell or "").translate(INVISIBLE).strip(BLANKS) for cell in row]

    def _repeats_lower_row(self, at: int, lower: Iterable[int]) -> bool:
        """Tell the lower row of a heading that comes again: without its groups it says less."""
        cells = [(index, plain(text)) for index, text in enumerate(self.row(at)) if text]
        return any(
            all(plain(self.row(row)[index]) == text for index, text in cells) for row in lower
        )

    def _is_row_again(self, at: int, first: int) -> bool:
        """Tell the upper row of a heading, groups as they may be, that comes a second time."""
        cells = [
            (text, plain(above)) for text, above in zip(self.row(at), self.row(first), strict=True)
        ]
        filled = sum(bool(text) for text, _ in cells)
        alike = sum(plain(text) == above for text, above in cells if text)
        return alike > 1 and alike * 3 > filled * 2

    def _candidates(self, start: int, first: Sequence[str]) -> list[int]:
        """Return rows far below that hold words of headings or repeat the first, found at once."""
        rest = self.grid.cells[start:].with_row_index("at", offset=start)
        return [at for part in rest.iter_slices(_AT_ONCE) for at in self._among(part, first)]

    def _among(self, part: pl.DataFrame, first: Sequence[str]) -> list[int]:
        kinds = [pl.col(letter + KIND) for letter in self.letters]
        numbers = pl.sum_horizontal([kind == NUMBER for kind in kinds])
        filled = pl.sum_horizontal([kind != EMPTY for kind in kinds])
        part = part.filter((numbers <= len(self.letters) // 3) & (filled > 1))
        if part.is_empty():
            return []
        words = [word for word in self.vocabulary.words if len(word) > 1]
        single = [word for word in self.vocabulary.words if len(word) == 1]
        above = [text for text in first if text]
        # One column under the other: the words are laid out for searching once, not for each.
        stacked = pl.concat([part[letter] for letter in self.letters])
        texts = stacked.str.replace_all(rf"\s|{_INVISIBLE_PATTERN}", "")
        known = (texts.str.contains_any(words) | texts.is_in(single)) & (
            texts.str.len_chars() <= _LONGEST_HEADING
        )
        hits = self._in_each_row(known, part.height)
        again = self._in_each_row(stacked.str.strip_chars(BLANKS).is_in(above), part.height)
        found = ((hits >= 2) & (hits * 2 > part.select(filled).to_series())) | (again >= 2)
        return part.filter(found)["at"].to_list()

    def _in_each_row(self, told: pl.Series, height: int) -> pl.Series:
        """Count the cells of each row of which it is told, columns one under the other."""
        columns = {letter: told[at * height :][:height] for at, letter in enumerate(self.letters)}
        return pl.DataFrame(columns).sum_horizontal()

    def _known(self, text: str) -> bool:
        return bool(text) and len(text) <= _LONGEST_HEADING and bool(self.vocabulary.exact(text))

    def _is_heading(self, at: int) -> bool:
        cells = [text for text in self.row(at) if text]
        short = [text for text in cells if len(text) <= _LONGEST_HEADING]
        fields = {match.field for text in short if (match := self.vocabulary.exact(text))}
        if len(fields) < 2:
            fields |= self._hinted(at, short)
        if len(fields) < 2:
            return False
        kinds = self._kinds(at)
        return kinds.get(NUMBER, 0) <= len(cells) // 3

    def _hinted(self, at: int, texts: Sequence[str]) -> set[str]:
        """Return the fields that words within the cells of a heading point to.

        Where they are all there is to tell it by, none of them is a note with a colon,
        and numbers stand right below: 捐助者, 捐助金额.
        """
        named = {text: name for text in texts if (name := self.vocabulary.hinted(text))}
        if any(map(self._known, texts)):
            return set(named.values())
        is_note = any(_SIGNATURE.match(text) or _UNIT_CELL.search(text) for text in texts)
        has_numbers = at + 1 < self.height and self._kinds(at + 1).get(NUMBER, 0) > 0
        return set() if is_note or not has_numbers else set(named.values())

    def _mostly_known(self, at: int) -> bool:
        """Tell a heading among data from a gift whose kind is 单位 and whose channel 现金."""
        cells = [text for text in self.row(at) if text]
        return sum(map(self._known, cells)) * 2 > len(cells)

    def _is_group_row(self, at: int) -> bool:
        """Tell whether this is the upper row of a heading whose words stand below."""
        cells = [text for text in self.row(at) if text]
        if len(cells) < 2 or at + 1 >= self.height or self._kinds(at).get(NUMBER):
            return False
        if any(_SIGNATURE.match(text) or _UNIT_CELL.search(text) for text in cells):
            return False
        depth, score = self._depth(at)
        below = self._depth(at + 1)[1]
        columns = {index for index, text in enumerate(self.row(at)) if text}
        beside_columns = self._continues(at, 1) and not columns <= self._left_open(at, 1)
        return depth > 1 and (score > below or (beside_columns and score == below))

    def _kinds(self, at: int) -> Counter[int]:
        row = self.grid.cells.row(at)
        kinds = [
            kind
            for name, kind in zip(self.grid.cells.columns, row, strict=True)
            if name.endswith(KIND)
        ]
        return Counter(kinds)

    def _depth(self, at: int) -> tuple[int, int]:
        """Return how many rows the heading takes, and how many fields it then names."""
        least = 1
        while least < DEEPEST and self._continues(at, least):
            least += 1
        best = (least, self._score(at, least))
        for depth in range(least + 1, DEEPEST + 1):
            if at + depth > self.height or self._kinds(at + depth - 1).get(NUMBER, 0) > 1:
                break
            score = self._score(at, depth)
            if score > best[1] or (score == best[1] and self._only_units(at + depth - 1)):
                best = (depth, score)
        return best

    def _continues(self, at: int, depth: int) -> bool:
        """Tell whether the row below fills nothing but what the groups of a heading leave open.

        So a heading is known for as deep as it is, whatever words it has.
        """
        if at + depth >= self.height or self._kinds(at + depth).get(NUMBER):
            return False
        filled = {index for index, text in enumerate(self.row(at + depth)) if text}
        return len(filled) > 1 and filled <= self._left_open(at, depth)

    def _left_open(self, at: int, depth: int) -> set[int]:
        """Return the columns that stand under a cell with blanks beside it: a group.

        They stay open for as long as nothing is written below.
        """
        found: set[int] = set()
        taken: set[int] = set()
        for level in range(depth):
            row = self.row(at + level)
            filled = {index for index, text in enumerate(row) if text}
            found -= filled
            group = None
            for index in range(len(row)):
                if index in filled:
                    group = index
                elif index in taken:  # a group or a column of a row above begins here
                    group = None
                elif group is not None:
                    found |= {group, index}
            taken |= filled
        return found

    def _only_units(self, at: int) -> bool:
        cells = [text for text in self.row(at) if text]
        return bool(cells) and all(_is_unit(text) for text in cells)

    def _score(self, at: int, depth: int) -> int:
        levels = self._levels(at, depth)
        fields = {
            match.field
            for each in levels.values()
            if (match := self.vocabulary.match(each)) is not None
        }
        return len(fields)

    def _levels(self, at: int, depth: int) -> dict[str, list[str]]:
        """Return each column's heading texts from the top, merged parents filled in."""
        rows = [list(self.row(at + level)) for level in range(depth)]
        self._fill_merged(rows, at)
        for level in range(depth - 1):
            carried = ""
            for index, text in enumerate(rows[level]):
                below = any(rows[lower][index] for lower in range(level + 1, depth))
                if text:
                    carried = text if below else ""
                elif carried and below and not self._starts_group(rows, level, index):
                    rows[level][index] = carried
                else:
                    carried = ""
        levels = {}
        for index, letter in enumerate(self.letters):
            texts = [row[index] for row in rows if row[index]]
            deduplicated = [text for text, _ in itertools.groupby(texts)]
            if deduplicated:
                levels[letter] = deduplicated
        return levels

    @staticmethod
    def _starts_group(rows: list[list[str]], level: int, index: int) -> bool:
        return (
            level > 0
            and bool(rows[level - 1][index])
            and (index == 0 or rows[level - 1][index] != rows[level - 1][index - 1])
        )

    def _fill_merged(self, rows: list[list[str]], at: int) -> None:
        if len(self.grid.merged) > 5000:
            return
        top = at + self.grid.first_row - 1
        left = index_of(self.letters[0])
        for first_row, first_column, last_row, last_column in self.grid.merged:
            level = first_row - top
            if not 0 <= level < len(rows) or last_column == first_column:
                continue
            source = first_column - left
            if not 0 <= source < len(self.letters) or last_row - top >= len(rows):
                continue
            for index in range(source + 1, min(last_column - left + 1, len(self.letters))):
                rows[level][index] = rows[level][index] or rows[level][source]

    def side_by_side(self, at: int) -> list[list[str]]:
        """Return the letters of each table where several stand beside each other.

        They begin where rows are numbered anew, else where a column comes again. Tables
        are they only where each has the same label and a number of its own: 捐赠日期
        before a gift and 到账日期 behind it are two days of one.
        """
        levels = self._levels(at, self._depth(at)[0])
        fields = {
            letter: match.field
            for letter, texts in levels.items()
            if (match := self.vocabulary.match(texts)) is not None and match.field
        }
        numbered = [
            letter for letter, texts in levels.items() if plain(texts[-1]) in _SERIAL_HEADINGS
        ]
        for starts in (numbered[1:], self._repeats(fields)):
            tables = self._split(starts)
            if starts and self._are_tables([[fields.get(each) for each in one] for one in tables]):
                return tables
        return []

    def _repeats(self, fields: Mapping[str, str]) -> list[str]:
        """Return the columns that say what one since the last of these has said already."""
        starts: list[str] = []
        seen: set[str] = set()
        for letter, field in fields.items():
            if field in seen:
                starts.append(letter)
                seen.clear()
            seen.add(field)
        return starts

    def _split(self, starts: Sequence[str]) -> list[list[str]]:
        tables: list[list[str]] = [[]]
        for letter in self.letters:
            if letter in starts:
                tables.append([])
            tables[-1].append(letter)
        return tables

    def _are_tables(self, tables: Sequence[Sequence[str | None]]) -> bool:
        named = [{name for name in table if name} for table in tables]
        if any(len(names) < 2 for names in named):
            return False
        if all(names == named[0] for names in named):
            return True
        numbers = {field.name for field in self.vocabulary.spec.fields if field.kind in _NUMBERS}
        shared = set.intersection(*named)
        return bool(shared - numbers) and all(names & numbers for names in named)

    # layout -----------------------------------------------------------------

    def layout(
        self, at: int, end: int, unit_before: str = "", *, is_first: bool = True
    ) -> Layout | None:
        """Describe the table whose heading begins at a frame position."""
        depth = self._depth(at)[0]
        levels = self._levels(at, depth)
        columns = self._assigned(levels)
        if len(columns) < 2:
            return None
        headings = _named_once(
            {
                letter: JOINER.join(printed(text) for text in texts)
                for letter, texts in levels.items()
            }
        )
        unknown = [
            letter
            for letter in headings
            if letter not in columns and plain(headings[letter]) not in _SERIAL_HEADINGS
        ]
        start = at + depth
        data, totals = self._rows_of(start, end, columns, depth)
        if is_first:
            totals = (*self._totals_above(at), *totals)
        totals += self._totals_beside(data, end, headings, totals)
        unit = self._unit_above(at, depth) or unit_before or self._unit_below(data, end)
        spec = self.vocabulary.spec
        present = set(columns.values())
        return Layout(
            worksheet=self.grid.worksheet,
            heading_rows=tuple(self.grid.first_row + at + each for each in range(depth)),
            columns=columns,
            headings=headings,
            unknown=tuple(headings[letter] for letter in unknown),
            missing=tuple(
                field.name
                for field in spec.fields
                if field.required and field.name not in present and field.default is None
            ),
            multiples={
                letter: self._multiple(spec.field(name), levels[letter], unit)
                for letter, name in columns.items()
            },
            unit=unit,
            positions=(start, end),
            data=data,
            totals=totals,
            proposals=self._proposals([headings[letter] for letter in unknown], present),
        )

    def _assigned(self, levels: Mapping[str, list[str]]) -> dict[str, str]:
        """Give each field its best column; the leftmost where two are as good."""
        ranked = []
        for order, (letter, texts) in enumerate(levels.items()):
            match = self.vocabulary.match(texts)
            if match is not None and match.field:
                ranked.append((match.rank, order, letter, match.field))
        columns: dict[str, str] = {}
        taken: set[str] = set()
        for _, _, letter, field in sorted(ranked):
            if field not in taken:
                columns[letter] = field
                taken.add(field)
        skipped = {
            letter
            for letter, texts in levels.items()
            if (match := self.vocabulary.match(texts)) is not None and not match.field
        }
        for hint, field in self.vocabulary.hints:
            if field in taken:
                continue
            for letter, texts in levels.items():
                if letter in columns or letter in skipped:
                    continue
                if self.vocabulary.points(hint, field, plain(JOINER.join(texts))):
                    columns[letter] = field
                    taken.add(field)
                    break
        return {letter: columns[letter] for letter in levels if letter in columns}

    def _proposals(self, headings: Iterable[str], present: set[str]) -> dict[str, tuple[str, int]]:
        words = {
            word: match.field
            for word, match in self.vocabulary.words.items()
            if match.field and match.field not in present
        }
        proposals = {}
        for heading in headings:
            found = process.extractOne(
                plain(heading), list(words), scorer=fuzz.WRatio, score_cutoff=_NEAR
            )
            if found:
                proposals[heading] = (words[found[0]], round(found[1]))
        return proposals

    def _unit_above(self, at: int, depth: int) -> str:
        """Return the 万元 of a "单位：万元" cell near the heading, "" where none stands."""
        for position in range(max(at - 6, 0), at + depth):
            for text in self.row(position):
                match = _UNIT_CELL.search(unicodedata.normalize("NFKC", text))
                if match and len(text) <= _LONGEST_UNIT_CELL:
                    return match["unit"]
        return ""

    def _unit_below(self, data: pl.Series, end: int) -> str:
        """Return the unit a note under the table names: 注：金额单位为万元."""
        start = (int(data[-1]) if data.len() else end) + 1
        for position in range(start, min(start + 8, end)):
            for text in self.row(position):
                match = _UNIT_CELL.search(unicodedata.normalize("NFKC", text))
                if match and "单位" in text:
                    return match["unit"]
        return ""

    def _multiple(self, field: FieldSpec, levels: Sequence[str], unit: str) -> Decimal:
        if field.kind not in (CellKind.DECIMAL, CellKind.INTEGER):
            return Decimal(1)
        for text in reversed(levels):
            bare = "".join(unicodedata.normalize("NFKC", text).split())
            match = (
                _UNIT_IN_BRACKETS.search(bare)
                or _UNIT_AFTER.search(bare)
                or re.fullmatch(rf"[(\[]?(?P<unit>{_UNIT_WORDS})[)\]]?", bare)
            )
            if match:
                return multiple_of(match["unit"] or match.groupdict()["money"])
        if field.unit is Unit.YUAN and unit:
            return multiple_of(unit)
        return Decimal(1)

    # rows -------------------------------------------------------------------

    def _rows_of(
        self, start: int, end: int, columns: Mapping[str, str], depth: int
    ) -> tuple[pl.Series, tuple[TotalRow, ...]]:
        """Tell data from totals, repeated headings, notes, signatures and blanks."""
        part = self.grid.cells[start:end]
        if part.is_empty():
            return pl.Series([], dtype=pl.UInt32), ()
        tidy = part.select(
            pl.col(letter)
            .str.replace_all("[" + "".join(map(chr, INVISIBLE)) + "]", "")
            .str.strip_chars(BLANKS)
            for letter in self.letters
        )
        serial = self._serial_letters(start)

        def told(letter: str) -> pl.Expr:
            """A cell says something; the number of a row does not, 合计 in its place does."""
            column = pl.col(letter)
            if letter not in serial:
                return column != ""
            return (column != "") & ~column.str.contains(r"^\d+(?:\.0)?$")

        filled = pl.sum_horizontal([told(letter) for letter in self.letters])
        mapped = pl.sum_horizontal([pl.col(letter) != "" for letter in columns])
        first = pl.coalesce([pl.when(told(letter)).then(pl.col(letter)) for letter in self.letters])
        table = tidy.select(
            filled.alias("filled"),
            mapped.alias("mapped"),
            first.fill_null("").alias("first"),
            pl.any_horizontal(
                pl.lit(value=False), *[pl.col(letter).str.contains(r"^\d") for letter in serial]
            ).alias("numbered"),
            *[pl.col(letter) for letter in self.letters],
        ).with_row_index("at")
        table = table.filter(pl.col("filled") > 0)
        printed_again = self._heading_texts(start, depth)
        across = self._merged_across(columns, start)
        doubtful = self._doubtful(table, columns, printed_again, across)
        sections = self._sections(table, columns)
        kinds: dict[int, str] = {}
        totals: list[TotalRow] = []
        stopped = end - start
        last_data = self._last_certain(table, doubtful)
        for row in doubtful.iter_rows(named=True):
            position = row["at"]
            kind = self._kind_of(
                row, columns, tail=position > last_data, start=start, printed_again=printed_again
            )
            if kind == "data" and (position in sections or position in across):
                # 一、单位 stands alone, or beside the sum of what follows.
                texts = {letter: row[letter] for letter in self.letters if row[letter]}
                has_sum = position in sections and self._has_number(texts, columns, start, row)
                alone = position in sections or len(texts) == 1
                kind = "section" if has_sum else "note" if alone else kind
            if kind in ("total", "part", "section"):
                totals.append(self._total(start + position, row["first"], kind=kind))
            if kind != "data":
                kinds[position] = kind
            if kind == "signature" and position > last_data:
                stopped = min(stopped, position)
        keep = table.select(
            (~pl.col("at").is_in(list(kinds))) & (pl.col("at") < stopped)
        ).to_series()
        positions = table["at"].filter(keep).cast(pl.UInt32) + start
        return positions, tuple(total for total in totals if total.position < start + stopped)

    def _totals_above(self, at: int) -> list[TotalRow]:
        """Return the totals printed between the title and the first heading."""
        found = []
        for position in range(max(at - 6, 0), at):
            texts = {
                letter: text
                for letter, text in zip(self.letters, self.row(position), strict=True)
                if text
            }
            label = next(iter(texts.values()), "")
            if len(label) > _LONGEST_HEADING or not _TOTAL.match(_bare(label)):
                continue
            amounts = [letter for letter, text in texts.items() if _AMOUNT.search(text)]
            if len(amounts) == 1:
                found.append(self._total(position, label, column=amounts[0]))
        return found

    def _totals_beside(
        self,
        data: pl.Series,
        end: int,
        headings: Mapping[str, str],
        totals: Sequence[TotalRow],
    ) -> tuple[TotalRow, ...]:
        """Return sums without a word: alone in a column without a heading, at the table's foot."""
        if data.is_empty():
            return ()
        told = {total.position for total in totals}
        foot = int(data[-1])
        found = []
        for letter in self.letters:
            if letter in headings:
                continue
            column = self.grid.cells[letter][int(data[0]) : end].str.strip_chars(BLANKS)
            at = (column != "").arg_true()
            position = int(data[0]) + int(at[0]) if at.len() == 1 else -1
            if position < foot or position in told:
                continue
            if _AMOUNT.search(str(self.grid.cells[letter][position])):
                found.append(self._total(position, "", column=letter))
        return tuple(found)

    def _total(
        self, position: int, label: str, *, kind: str = "total", column: str = ""
    ) -> TotalRow:
        return TotalRow(
            row=self.grid.first_row + position,
            position=position,
            label=label,
            is_part=kind != "total",
            heads=kind == "section",
            column=column,
        )

    def _serial_letters(self, start: int) -> set[str]:
        """Return the columns that only number the rows."""
        serial = set()
        for index, letter in enumerate(self.letters):
            for back in range(1, DEEPEST + 1):
                if start - back < 0:
                    continue
                text = self.row(start - back)[index]
                if text:
                    if plain(text) in _SERIAL_HEADINGS:
                        serial.add(letter)
                    break
        return serial

    def _heading_texts(self, start: int, depth: int) -> list[dict[str, str]]:
        """Return the plain texts of each heading row by letter, to know it when it comes again."""
        return [
            {
                letter: plain(text)
                for letter, text in zip(self.letters, self.row(start - back), strict=True)
                if plain(text)
            }
            for back in range(1, depth + 1)
        ]

    def _sections(self, table: pl.DataFrame, columns: Mapping[str, str]) -> set[int]:
        """Return the rows that head a section: 一、单位捐款, or 一 where lines have 1, 2, 3.

        Where most rows are written so it is how this office counts its lines.
        """
        if self.vocabulary.spec.kind is SheetKind.STATISTICS:
            return set()
        found = table.filter(
            ~pl.col("numbered")
            & pl.col("first")
            .str.normalize("NFKC")
            .str.replace_all(r"\s", "")
            .str.contains(_SECTION)
        )
        return set(found["at"].to_list()) if found.height * 3 <= table.height else set()

    def _merged_across(self, columns: Mapping[str, str], start: int) -> set[int]:
        """Return the rows in which a cell is merged over a name and a number."""
        numbers = {
            index_of(letter)
            for letter, name in columns.items()
            if self.vocabulary.spec.field(name).kind in _NUMBERS
        }
        offset = self.grid.first_row - 1 + start
        return {
            top - offset
            for top, left, _, right in self.grid.merged
            if right > left and any(left < each <= right for each in numbers)
        }

    def _doubtful(
        self,
        table: pl.DataFrame,
        columns: Mapping[str, str],
        printed_again: Sequence[Mapping[str, str]],
        across: set[int],
    ) -> pl.DataFrame:
        """Return the rows worth a second look, so that a million clean ones cost little."""
        first = pl.col("first")
        needed = max(1, min(3, len(columns) - 1))
        suspicious = (
            first.str.contains(
                r"合\s*计|总\s*计|小\s*计|共\s*计|累\s*计|总金额|总额|总数|总和|合計|總計"
            )
            | first.str.contains(
                r"共(?:收|接|募|筹|\d)|^[(（]?[一二三四五六七八九十]{1,3}(?:[)）、.．：:]|$)"
            )
            | first.str.contains(r"[：:]")
            | first.str.contains(r"^(?:注|备注|说明|附注)")
            | (pl.col("mapped") < needed)
            | pl.col("at").is_in(list(across))
        )
        labels = [
            letter
            for letter, name in columns.items()
            if self.vocabulary.spec.field(name).kind in (CellKind.TEXT, CellKind.BRANCH)
        ]
        numbers = [
            letter
            for letter, name in columns.items()
            if self.vocabulary.spec.field(name).kind in (CellKind.DECIMAL, CellKind.INTEGER)
        ]
        if labels and numbers:
            # A sum below the names, without a word beside it.
            suspicious |= pl.all_horizontal([pl.col(letter) == "" for letter in labels])
        sums = [spelt for word in _SUMS for spelt in _spellings(word)]
        for letter in self.letters:
            suspicious |= pl.col(letter).is_in(sums)
        for texts in printed_again:
            for letter, text in list(texts.items())[:3]:
                suspicious |= pl.col(letter).is_in(_spellings(text))
        heading = self.vocabulary.words
        if columns:
            letter = next(iter(columns))
            suspicious |= pl.col(letter).str.replace_all(r"\s", "").is_in(list(heading))
        return table.filter(suspicious)

    @staticmethod
    def _last_certain(table: pl.DataFrame, doubtful: pl.DataFrame) -> int:
        certain = table.filter(~pl.col("at").is_in(doubtful["at"].implode()))
        return int(certain["at"].max()) if certain.height else -1  # type: ignore[arg-type]

    def _kind_of(
        self,
        row: Mapping[str, object],
        columns: Mapping[str, str],
        *,
        tail: bool,
        start: int,
        printed_again: Sequence[Mapping[str, str]],
    ) -> str:
        texts = {letter: str(row[letter]) for letter in self.letters if row[letter]}
        first = str(row["first"])
        bare = _bare(first)
        if self._is_heading_again(texts, printed_again):
            return "heading"
        total = self._total_kind(bare, texts, columns)
        if total:
            return total
        if _NOTE.match(bare):
            return "note"
        filled = len(texts)
        if _SIGNATURE.match(bare) and not self._has_number(texts, columns, start, row):
            return "signature"
        if tail and all(_ASKED.match(_spelt(text)) for text in texts.values()):
            return "signature"
        if tail and filled <= 2 and any(_DAY_ALONE.match(text) for text in texts.values()):
            return "signature"
        numbers = self._has_number(texts, columns, start, row)
        if tail and numbers and filled == numbers and self._lacks_label(texts, columns):
            return "total"
        if filled == 1 and (tail or len(bare) > 12 or not row["mapped"]):
            return "note"
        if not row["mapped"]:
            return "note"
        return "data"

    def _is_heading_again(
        self, texts: Mapping[str, str], printed_again: Sequence[Mapping[str, str]]
    ) -> bool:
        known = [text for text in texts.values() if self._known(text)]
        if len(known) >= 2 and len(known) * 2 > len(texts):
            return True
        alike = [
            sum(plain(text) == row.get(letter) for letter, text in texts.items())
            for row in printed_again
        ]
        return any(each >= 2 and each * 3 > len(texts) * 2 for each in alike)

    def _total_kind(self, bare: str, texts: Mapping[str, str], columns: Mapping[str, str]) -> str:
        labels = {
            letter
            for letter, name in columns.items()
            if self.vocabulary.spec.field(name).kind in (CellKind.TEXT, CellKind.BRANCH)
        }
        # Beside a name, 合计 in a column of another kind is a remark on that row.
        named = any(letter in texts for letter in labels)
        words = [
            bare,
            *(
                "".join(text.split())
                for letter, text in texts.items()
                if (letter in labels or not named) and "".join(text.split()).strip(":：") in _SUMS
            ),
        ]
        for word in words:
            match = _TOTAL.match(word)
            if match and len(word) <= 60:
                return "part" if "小计" in match[0] else "total"
        match = _TOTAL_OF.match(bare)
        if match and self._tells_little(texts, columns):
            return "part" if "小计" in match[0] else "total"
        return ""

    def _tells_little(self, texts: Mapping[str, str], columns: Mapping[str, str]) -> bool:
        """Tell whether a row has an amount and, besides its first cell, nothing lines must have."""
        fields = {letter: self.vocabulary.spec.field(name) for letter, name in columns.items()}
        numbers = {letter for letter, field in fields.items() if field.kind in _NUMBERS}
        asked = {letter for letter, field in fields.items() if field.required} - numbers
        label, *others = texts
        has_amount = not numbers.isdisjoint(texts) or "元" in texts[label]
        return has_amount and asked.isdisjoint(others)

    def _has_number(
        self,
        texts: Mapping[str, str],
        columns: Mapping[str, str],
        start: int,
        row: Mapping[str, object],
    ) -> int:
        position = start + int(row["at"])  # type: ignore[call-overload]
        count = 0
        for letter in texts:
            name = columns.get(letter)
            if name is None:
                continue
            kind = self.vocabulary.spec.field(name).kind
            if kind in (CellKind.DECIMAL, CellKind.INTEGER):
                cell = self.grid.cells[letter + KIND][position]
                plain_number = re.fullmatch(r"[¥￥]?-?[\d,，.]+", texts[letter]) is not None
                count += cell == NUMBER or (cell == TEXT and plain_number)
        return count

    def _lacks_label(self, texts: Mapping[str, str], columns: Mapping[str, str]) -> bool:
        """A row of sums without a word, where the table's rows have words."""
        has_labels = any(
            self.vocabulary.spec.field(name).required
            and self.vocabulary.spec.field(name).kind not in (CellKind.DECIMAL, CellKind.INTEGER)
            for name in columns.values()
        )
        return has_labels and bool(texts)


def _bare(text: str) -> str:
    """Fold widths and drop every blank."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _spellings(word: str) -> list[str]:
    """Return a word as it may be spaced out and ended: 合计, 合 计, 合　计："""
    spaced = [blank.join(word) for blank in ("", " ", "  ", "   ", "\u3000", "\u00a0", "\n")]
    return [each + end for each in spaced for end in ("", ":", "：")]


def index_of(letter: str) -> int:
    """Return the column's number from 0: A → 0, AA → 26."""
    value = 0
    for char in letter:
        value = value * 26 + ord(char) - 64
    return value - 1


def multiple_of(unit: str) -> Decimal:
    """Return what a number in this unit is multiplied by: 万元 → 10000."""
    for name in sorted(MULTIPLES, key=len, reverse=True):
        if name and unit.startswith(name):
            return MULTIPLES[name]
    return Decimal(1)


def _named_once(headings: Mapping[str, str]) -> dict[str, str]:
    """Give a repeated heading its number: 金额, 金额#2."""
    seen: Counter[str] = Counter()
    named = {}
    for letter, heading in headings.items():
        seen[heading] += 1
        named[letter] = heading if seen[heading] == 1 else f"{heading}#{seen[heading]}"
    return named
