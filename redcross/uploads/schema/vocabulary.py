"""The words that offices write, read from data files beside the declarations.

The sheet `donations.ledger` takes its words from `donations/vocabulary/ledger.toml`:

    titles = ["…"]                     what offices call the sheet besides its title
    [headings]                         field → other headings of its column
    [shared_headings]                  heading → the fields it may stand for
    [substrings]                       field → words that mean it as a heading or within one
    [group_headings], [leaf_headings]  both levels of the headings of fields called group_leaf
    [null_values]                      field → words for an empty cell
    [choices.FIELD]                    stored key → words for it
    [terms]                            name → words, written {name} within a pattern
    [[patterns.FIELD]]                 pattern of a whole heading, with examples beside it
    [exclude_patterns.FIELD]           pattern within a heading that means something else
    [split_amounts]                    the columns over which some lists split an amount

Lists are sorted and hold no word twice, so that each word has one place. A file that cannot
be read, is not sorted or names an unknown field stops the start-up with a sentence.
"""

import dataclasses
import re
import sys
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NoReturn

from redcross.uploads.schema.import_spec import SplitAmounts

LEVEL_JOINER = "／"
_TERM = re.compile(r"\{([a-z_]+)\}")
_TABLES = (
    "headings", "shared_headings", "substrings", "group_headings", "leaf_headings", "null_values",
    "choices", "terms", "patterns", "exclude_patterns", "split_amounts",
)  # fmt: skip


class VocabularyError(Exception):
    """A vocabulary file is wrong; raised at start-up, for the developer."""


@dataclasses.dataclass(frozen=True, slots=True)
class HeadingPattern:
    """A regular expression over normalised headings, with the examples that a test runs."""

    pattern: str
    matches: tuple[str, ...]
    rejects: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one sheet, by field."""

    titles: tuple[str, ...]
    headings: Mapping[str, tuple[str, ...]]
    substrings: Mapping[str, tuple[str, ...]]
    null_values: Mapping[str, tuple[str, ...]]
    choices: Mapping[str, Mapping[str, str]]
    """Field → word → stored key."""
    patterns: Mapping[str, tuple[HeadingPattern, ...]]
    exclude_patterns: Mapping[str, HeadingPattern]
    split_amounts: SplitAmounts | None


class WordFile:
    """A TOML file of word lists; every reading of it checks form and order."""

    def __init__(self, path: Path, tables: Collection[str]) -> None:
        self.path = path
        try:
            self.data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self.fail(f"is no TOML file: {error}")
        for name in self.data:
            if name not in tables:
                self.fail(f"has an unknown table [{name}]; known are {', '.join(sorted(tables))}")

    def fail(self, text: str) -> NoReturn:
        """Raise VocabularyError with the file's name."""
        message = f"{self.path.parent.parent.name}/vocabulary/{self.path.name} {text}"
        raise VocabularyError(message)

    def table(self, name: str) -> dict[str, Any]:
        """Return a table of the file, empty where the file has none."""
        table = self.data.get(name, {})
        if not isinstance(table, dict):
            self.fail(f"must hold a table [{name}]")
        return table

    def words(self, value: object, place: str) -> tuple[str, ...]:
        """Return a list of words; it must be sorted, without repeats or blanks around words."""
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            self.fail(f"must hold a list of words in {place}")
        for word in value:
            if not word or word != word.strip():
                self.fail(f"holds an empty or padded word “{word}” in {place}")
        for first, second in zip(value, sorted(set(value)), strict=False):
            if first != second:
                self.fail(f"is not sorted in {place} from “{first}” on; expected is “{second}”")
        if len(value) != len(set(value)):
            self.fail(f"repeats a word in {place}")
        return tuple(value)

    def word_lists(self, name: str) -> dict[str, tuple[str, ...]]:
        """Return a table of word lists."""
        return {
            key: self.words(value, f"[{name}] {key}") for key, value in self.table(name).items()
        }


_loaded_files: set[Path] = set()


def find_vocabulary(module: str, name: str, fields: Collection[str]) -> Vocabulary | None:
    """Return the vocabulary of a sheet declared in `module`; None where the app has no file."""
    package = module.partition(".sheets")[0] if ".sheets" in module else module.rpartition(".")[0]
    origin = getattr(sys.modules.get(package), "__file__", None)
    if origin is None:
        return None
    path = Path(origin).parent / "vocabulary" / f"{name}.toml"
    return load_vocabulary(path, fields) if path.exists() else None


def require_loaded(folder: Path) -> None:
    """Raise VocabularyError where a vocabulary file of a folder belongs to no sheet."""
    for path in sorted(folder.glob("*.toml")):
        if path not in _loaded_files:
            message = f"{path.parent.parent.name}/vocabulary/{path.name} belongs to no sheet"
            raise VocabularyError(message)


def load_vocabulary(path: Path, fields: Collection[str]) -> Vocabulary:
    """Read a sheet's vocabulary; raise VocabularyError where it is wrong for these fields."""
    file = WordFile(path, {"titles", *_TABLES})
    _loaded_files.add(path)
    headings = _headings(file, fields)
    terms = file.word_lists("terms")
    vocabulary = Vocabulary(
        titles=file.words(file.data.get("titles", []), "titles"),
        headings=headings,
        substrings=file.word_lists("substrings"),
        null_values=file.word_lists("null_values"),
        choices={
            field: _choice_words(file, table, f"[choices.{field}]")
            for field, table in file.table("choices").items()
        },
        patterns={
            field: tuple(
                _pattern(file, row, terms, f"[[patterns.{field}]]")
                for row in (rows if isinstance(rows, list) else [rows])
            )
            for field, rows in file.table("patterns").items()
        },
        exclude_patterns={
            field: _pattern(file, row, terms, f"[exclude_patterns.{field}]")
            for field, row in file.table("exclude_patterns").items()
        },
        split_amounts=_split_amounts(file) if "split_amounts" in file.data else None,
    )
    tables: tuple[Mapping[str, object], ...] = (
        headings, vocabulary.null_values, vocabulary.choices, vocabulary.patterns,
        vocabulary.exclude_patterns,
    )  # fmt: skip
    if unknown := set().union(*tables) - set(fields):
        file.fail(f"names columns that the sheet does not have: {', '.join(sorted(unknown))}")
    return vocabulary


def _headings(file: WordFile, fields: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return every heading of each field: listed, shared, of two levels, and substrings."""
    headings = file.word_lists("headings")
    for heading, shared_by in file.word_lists("shared_headings").items():
        for field in shared_by:
            headings[field] = (*headings.get(field, ()), heading)
    groups, leaves = file.word_lists("group_headings"), file.word_lists("leaf_headings")
    for field in fields:
        group, _, leaf = field.rpartition("_")
        if group in groups and leaf in leaves:
            pairs = [(above, below) for above in groups[group] for below in leaves[leaf]]
            headings[field] = (
                *headings.get(field, ()),
                *(f"{above}{LEVEL_JOINER}{below}" for above, below in pairs),
                *(f"{above}{below}" for above, below in pairs if LEVEL_JOINER not in above),
            )
    for field, words in file.word_lists("substrings").items():
        headings[field] = (*headings.get(field, ()), *words)
    return headings


def _choice_words(file: WordFile, table: object, place: str) -> dict[str, str]:
    """Return word → stored key of a choice; a word may stand for one key only."""
    if not isinstance(table, dict):
        file.fail(f"must hold a table {place}")
    keys: dict[str, str] = {}
    for key, value in table.items():
        for word in file.words(value, f"{place} {key}"):
            if word in keys:
                file.fail(f"gives “{word}” two meanings in {place}: {keys[word]} and {key}")
            keys[word] = key
    return keys


def _pattern(
    file: WordFile, row: object, terms: Mapping[str, tuple[str, ...]], place: str
) -> HeadingPattern:
    """Return a pattern with its terms written out; examples of both sorts must stand beside it."""
    if not isinstance(row, dict) or set(row) != {"pattern", "matches", "rejects"}:
        file.fail(f"must hold pattern, matches and rejects in {place}")
    pattern = _TERM.sub(lambda term: _alternatives(file, terms, term[1], place), row["pattern"])
    try:
        re.compile(pattern)
    except re.error as error:
        file.fail(f"holds no regular expression in {place}: {error}")
    matches, rejects = (file.words(row[name], f"{place} {name}") for name in ("matches", "rejects"))
    if not matches or not rejects:
        file.fail(f"gives no examples of what matches and what does not in {place}")
    return HeadingPattern(pattern, matches, rejects)


def _alternatives(
    file: WordFile, terms: Mapping[str, tuple[str, ...]], name: str, place: str
) -> str:
    if name not in terms:
        file.fail(f"uses an unknown term {{{name}}} in {place}")
    return f"(?:{'|'.join(map(re.escape, terms[name]))})"


def _split_amounts(file: WordFile) -> SplitAmounts:
    table = file.table("split_amounts")
    place = "[split_amounts]"
    if set(table) - {"field", "groups", "totals", "parts", "implied"} or "field" not in table:
        file.fail(f"must hold field, groups, totals, parts and implied in {place}")
    parts: dict[str, tuple[str, str] | None] = dict.fromkeys(
        file.words(table.get("parts", []), f"{place} parts")
    )
    for field, words in table.get("implied", {}).items():
        for heading, word in _choice_words(file, words, f"[split_amounts.implied.{field}]").items():
            if heading in parts:
                file.fail(f"lists the part “{heading}” twice in {place}")
            parts[heading] = (field, word)
    return SplitAmounts(
        field=str(table["field"]),
        groups=file.words(table.get("groups", []), f"{place} groups"),
        totals=file.words(table.get("totals", []), f"{place} totals"),
        parts=parts,
    )
