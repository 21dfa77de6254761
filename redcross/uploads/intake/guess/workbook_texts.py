"""The texts of a workbook that describe it: titles, labelled values, file and worksheet names."""

import dataclasses
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import PurePath

import polars as pl

from redcross.uploads.files.workbook import OWN_WORKSHEETS, Grid
from redcross.uploads.mapping.ranking import HeadingRanker
from redcross.uploads.schema.import_spec import SheetSpec
from redcross.uploads.tables.detect import detect_tables

SAMPLE_ROWS = 300
"""Rows of a worksheet by which its headings are judged."""
_TITLE_ROWS = 12
_MIN_TITLE_LENGTH, _MAX_TITLE_LENGTH = 4, 80
_LABELED_VALUE = re.compile(
    r"(?P<label>填报单位|报送单位|编制单位|制表单位|上报单位|统计时间|统计日期|统计时段|统计区间|报告期间|报告期"
    r"|统计期间|填报时间|填报日期|报告时间|所属期)"
    r"\s*(?:[(][^)]*[)])?\s*:\s*(?P<value>.*)"
)
_PERIOD_ALONE = re.compile(r"^[(]?(?:19|20)\d{2}\s*年[^:]{0,12}(?:月|度|季|年)[)]?$")
_NOT_A_TITLE = re.compile(
    r"^[(]?[一二三四五六七八九十]{1,3}[)、.]|^(?:19|20)\d{2}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?$"
)
"""一、个旧市 heads a section, and a date alone is that of the signature."""


@dataclasses.dataclass(frozen=True, slots=True)
class WorkbookTexts:
    """The texts around the tables."""

    titles: tuple[str, ...]
    labeled_values: Mapping[str, str]  # 填报单位, 统计时间 → the text after the colon
    filename: str
    worksheets: tuple[str, ...]

    @property
    def all_titles(self) -> tuple[str, ...]:
        """Titles, then the file's name, then the worksheets' names."""
        return (*self.titles, self.filename, *self.worksheets)

    def first_labeled(self, labels: Collection[str]) -> Iterator[tuple[str, str]]:
        """Yield (source for people, text) of the labels that have a value, in their order."""
        for label in labels:
            if self.labeled_values.get(label):
                yield f"“{label}”写的", self.labeled_values[label]


def collect_texts(grids: Sequence[Grid], filename: str) -> WorkbookTexts:
    """Collect the texts of the first dozen rows of each worksheet, and the names."""
    titles: list[str] = []
    labeled_values: dict[str, str] = {}
    for grid in own_grids(grids):
        for row in grid.cells.head(_TITLE_ROWS).select(grid.letters).iter_rows():
            texts = [normalize_spaces(cell) for cell in row if cell and cell.strip()]
            for label, value in _read_labels(texts):
                labeled_values.setdefault(label, value)
            if len(texts) == 1 and _is_title(texts[0]):
                titles.append(texts[0])
    worksheets = tuple(normalize_spaces(grid.worksheet) for grid in own_grids(grids))
    return WorkbookTexts(
        tuple(titles), labeled_values, normalize_spaces(PurePath(filename).stem), worksheets
    )


def own_grids(grids: Sequence[Grid]) -> Iterator[Grid]:
    """Yield the worksheets of the clerk, without those of our blank workbooks."""
    return (grid for grid in grids if grid.worksheet not in OWN_WORKSHEETS)


def sample_rows(grid: Grid) -> Grid:
    """Return the first rows of a worksheet, which tell its headings."""
    return dataclasses.replace(grid, cells=grid.cells.head(SAMPLE_ROWS))


def column_texts(grids: Sequence[Grid], spec: SheetSpec, name: str) -> list[str]:
    """Return the different texts below the headings of one field, in all tables."""
    texts: set[str] = set()
    ranker = HeadingRanker(spec)
    for grid in own_grids(grids):
        for layout in detect_tables(sample_rows(grid), ranker):
            letters = [letter for letter, field in layout.columns.items() if field == name]
            for letter in letters[:1]:
                cells: pl.Series = grid.cells[letter][layout.positions[0] :]
                texts |= {text for text in cells.unique() if text and text.strip()}
    return sorted(texts)


def normalize_spaces(text: str) -> str:
    """Return the text in NFKC form, each run of blanks as one space."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _read_labels(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (label, value) of a row; the value stands behind the colon or in the next cell.

    A period without a label beside a label is 统计时间: 填报单位：××    2021年7-9月.
    """
    matches = [_LABELED_VALUE.search(text) for text in texts]
    if not any(matches):
        return
    yield from [("统计时间", text) for text in texts if _PERIOD_ALONE.match(text)][:1]
    for index, match in enumerate(matches):
        if match:
            value = match["value"] or (texts[index + 1] if index + 1 < len(texts) else "")
            yield match["label"], value.strip()


def _is_title(text: str) -> bool:
    fits = _MIN_TITLE_LENGTH <= len(text) <= _MAX_TITLE_LENGTH
    return fits and not _NOT_A_TITLE.match(text)
