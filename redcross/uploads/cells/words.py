"""Parse words of closed lists, yes and no, and registered names."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping

from rapidfuzz import fuzz, process

from redcross.uploads.cells.parsed import BLANKS, ParsedCell, normalize_text

YES_WORDS = frozenset(
    {
        "√",
        "✓",
        "✔",
        "是",
        "1",
        "有",
        "已",
        "Y",
        "YES",
        "TRUE",
        "对",
        "已设立",
        "已建立",
        "已明确",
        "已完成",
        "●",
        "☑",
    }
)
NO_WORDS = frozenset(
    {
        "×",
        "✗",
        "✘",
        "X",
        "否",
        "0",
        "无",
        "未",
        "N",
        "NO",
        "FALSE",
        "没有",
        "不",
        "未设立",
        "未建立",
        "未明确",
        "○",
        "☐",
    }
)
YEAR_PREFIX = re.compile(r"((?:19|20)\d\d)年?度?")
"""The beginning of a yearly event's name: 2021年99公益日."""
QUOTES = re.compile(r"[“”\"‘’'《》「」]")
_DOTS = re.compile("[•‧∙・．.]")
OTHER_KEY = "OTHER"
"""The key of 其他 in every list that has it."""
_MIN_SIMILARITY = 60
MIN_NAME_SIMILARITY = 80
_MIN_MISSPELLING_SIMILARITY = 65
MAX_SUGGESTIONS = 200
"""For so many different unknown words of a column the most similar known one is looked for."""


def boolean_parser(field_words: Mapping[str, str]) -> Callable[..., ParsedCell]:
    """Return a parser of yes and no that also knows the field's own words."""

    def parse(text: str, *, is_number: bool) -> ParsedCell:
        del is_number
        bare = normalize_text(text).upper()
        if bare in field_words:
            return ParsedCell(field_words[bare] == "1")
        if bare in YES_WORDS:
            return ParsedCell(value=True)
        if bare in NO_WORDS:
            return ParsedCell(value=False)
        return ParsedCell(
            code="boolean.unreadable",
            reason=f"“{text.strip()[:20]}”不是“是”或“否”",
            suggestion="请填“是”或“否”。",
        )

    return parse


class NearestWord:
    """Finds the known word most similar to an unknown one, for a limited number of words."""

    def __init__(self, known: Iterable[str], least: int = _MIN_SIMILARITY) -> None:
        self._known = list(known)
        self._least = least
        self._left = MAX_SUGGESTIONS

    def __call__(self, text: str) -> str | None:
        """Return it; None where none is similar, or the limit is reached."""
        if not self._left:
            return None
        self._left -= 1
        match = process.extractOne(text, self._known, score_cutoff=self._least)
        return str(match[0]) if match else None


def choice_parser(words: Mapping[str, str], labels: Mapping[str, str]) -> Callable[..., ParsedCell]:
    """Return a parser of one closed list; for an unknown word it suggests the most similar.

    Where the list has 其他, a longer word is the one it contains (农行转账), and a word that
    is no misspelling of another is 其他; both give a warning.
    """
    known = {normalize_text(word).upper(): key for word, key in words.items()}
    nearest_to = NearestWord(known)

    def parse(text: str, *, is_number: bool) -> ParsedCell:
        del is_number
        bare = normalize_text(text).upper()
        if bare in known:
            return ParsedCell(known[bare])
        within = {key for word, key in known.items() if len(word) > 1 and word in bare}
        if OTHER_KEY in labels and (len(within) == 1 or not _is_misspelling(bare, known)):
            key = within.pop() if len(within) == 1 else OTHER_KEY
            reason = f"“{text.strip()[:40]}”不在可选范围内，读作“{labels[key]}”"
            return ParsedCell(
                key, "choice.other", reason, f"另有所指的，改填：{_list_labels(labels)}。"
            )
        return _unknown_word("choice.unknown", text, nearest_to(bare), known, labels)

    return parse


def _is_misspelling(bare: str, known: Iterable[str]) -> bool:
    """Tell whether a word is one of the list with a character wrong, missing or too many."""
    alike = [word for word in known if abs(len(word) - len(bare)) <= 1]
    return (
        process.extractOne(bare, alike, scorer=fuzz.ratio, score_cutoff=_MIN_MISSPELLING_SIMILARITY)
        is not None
    )


def reference_parser(
    words: Mapping[str, str],
    labels: Mapping[str, str],
    *,
    may_register: Callable[[str, dt.date], bool] | None,
    until: dt.date,
) -> Callable[..., ParsedCell]:
    """Return a parser of registered names; some lists accept a name nobody has registered.

    A yearly event without its year is that of the report's year: 99公益日 in a workbook of
    2026 is 2026年99公益日 and never that of 2021.
    """
    known = {normalize_name(word): key for word, key in words.items()}
    nearest_to, alike = NearestWord(known), NearestWord(known, MIN_NAME_SIMILARITY)

    def parse(text: str, *, is_number: bool) -> ParsedCell:
        del is_number
        bare = normalize_name(text)
        name = bare
        if bare in known:
            of_year = YEAR_PREFIX.match(normalize_name(labels[known[bare]]))
            if of_year is None or int(of_year[1]) == until.year or YEAR_PREFIX.match(bare):
                return ParsedCell(known[bare])
            name = f"{until.year}年{YEAR_PREFIX.sub('', normalize_name(labels[known[bare]]))}"
            if name in known:
                return ParsedCell(known[name])
        written = text.strip(BLANKS) if name == bare else name
        if may_register is not None and may_register(written, until):
            near = alike(normalize_name(written))
            texts = new_name_message(written, labels[known[near]] if near else "")
            return ParsedCell(written, "reference.new", *texts)
        return _unknown_word("reference.unknown", text, nearest_to(bare), known, labels)

    return parse


def new_name_message(name: str, alike: str = "") -> tuple[str, str]:
    """Return message and suggestion for a name nobody has registered.

    `alike` is a similar registered name, which may be meant.
    """
    hint = f"如果是指“{alike}”，请按登记的名称改写；" if alike else ""
    return f"“{name[:40]}”还没有登记，审核通过时一并登记", f"{hint}确是新的，写明情况后提交。"


def normalize_name(name: str) -> str:
    """Return a name without differences of width, blanks, quotes, case and kind of dot."""
    return _DOTS.sub("·", QUOTES.sub("", normalize_text(name))).upper()


def _unknown_word(
    code: str, text: str, nearest: str | None, known: Mapping[str, str], labels: Mapping[str, str]
) -> ParsedCell:
    hint = f"是否指“{labels[known[nearest]]}”？" if nearest else ""
    return ParsedCell(
        code=code,
        reason=f"“{text.strip()[:40]}”不在可选范围内",
        suggestion=f"{hint}可填：{_list_labels(labels)}。",
    )


def _list_labels(labels: Mapping[str, str]) -> str:
    return "、".join(list(labels.values())[:12])
