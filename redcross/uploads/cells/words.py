"""Words from a closed list, yes and no, and the names of branches."""

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
"""How the name of what comes every year begins: 2021年99公益日."""
QUOTES = re.compile(r"[“”\"‘’'《》「」]")
_DOTS = re.compile("[•‧∙・．.]")
OTHER_KEY = "OTHER"
"""The key of 其他 in every list that has it."""
_MIN_SIMILARITY = 60
MIN_NAME_SIMILARITY = 80
_MIN_MISSPELLING_SIMILARITY = 65
MAX_SUGGESTIONS = 200
"""For so many different unknown words of a column the nearest known one is looked for."""
_SOCIETY = "红十字会"
_LEVEL_CHARACTER = re.compile(r"[县市区州]")
_TOWNSHIP = re.compile(r"[^县市州]{1,24}(?:乡|镇|街道|村|社区|组|号)")


def boolean_parser(field_words: Mapping[str, str]) -> Callable[..., ParsedCell]:
    """Return a reader of yes and no that also knows the field's own words."""

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
    """Finds the known word nearest to an unknown one, for as many as anybody looks through."""

    def __init__(self, known: Iterable[str], least: int = _MIN_SIMILARITY) -> None:
        self._known = list(known)
        self._least = least
        self._left = MAX_SUGGESTIONS

    def __call__(self, text: str) -> str | None:
        """Return it; None where none is near, or where too many were asked for."""
        if not self._left:
            return None
        self._left -= 1
        found = process.extractOne(text, self._known, score_cutoff=self._least)
        return str(found[0]) if found else None


def choice_parser(words: Mapping[str, str], labels: Mapping[str, str]) -> Callable[..., ParsedCell]:
    """Return a reader of one closed list; an unknown word is answered with the nearest.

    Where the list has 其他 a longer word is the one within it (农行转账), and a word that is
    nobody's misspelling is 其他; both are warned of.
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
    """Tell whether a word is one of a list with a character wrong, missing or too many."""
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
    """Return a reader of registered names; some lists take a name nobody has registered.

    What comes every year goes by the year of the report: 99公益日 in a workbook of 2026 is
    2026年99公益日 and never that of 2021.
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
            said = new_name_message(written, labels[known[near]] if near else "")
            return ParsedCell(written, "reference.new", *said)
        return _unknown_word("reference.unknown", text, nearest_to(bare), known, labels)

    return parse


def new_name_message(name: str, alike: str = "") -> tuple[str, str]:
    """Return what is said of a name nobody has registered, and what to do about it.

    `alike` is the registered name it may be a way to write of.
    """
    hint = f"如果是指“{alike}”，请按登记的名称改写；" if alike else ""
    return f"“{name[:40]}”还没有登记，审核通过时一并登记", f"{hint}确是新的，写明情况后提交。"


def normalize_name(name: str) -> str:
    """Fold a name for finding it: widths, blanks, quotes, cases, the kind of dot do not count."""
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


def branch_parser(
    names: Mapping[str, tuple[int, ...]],
    labels: Mapping[int, str],
    own: frozenset[int],
) -> Callable[..., ParsedCell]:
    """Return a reader of branches by code, official, short, bare or former name."""
    nearest_to = NearestWord(names)

    def parse(text: str, *, is_number: bool) -> ParsedCell:
        del is_number
        # 大理州红十字会本级 and 开远市红会 are called 大理州本级 and 开远市 by the list.
        bare = normalize_text(text).upper()
        bare = bare if bare in names else bare.replace(_SOCIETY, "").removesuffix("红会") or bare
        found = names.get(bare, ())
        if not found:
            # "昆明市五华区红十字会": the last known name within the text decides.
            found = _branch_of_last_part(bare, names) or _branch_of_address(bare, names)
        if not found:
            nearest = nearest_to(bare)
            hint = f"是否指“{labels[names[nearest][0]]}”？" if nearest else ""
            return ParsedCell(
                code="branch.unknown",
                reason=f"没有名为“{text.strip()[:40]}”的单位",
                suggestion=f"{hint}请填写规范的单位名称或行政区划代码。",
            )
        if len(found) > 1:
            candidates = "、".join(labels[pk] for pk in found)
            return ParsedCell(
                code="branch.ambiguous",
                reason=f"“{text.strip()}”可能指{candidates}",
                suggestion="请写全称。",
            )
        if found[0] not in own:
            return ParsedCell(
                code="branch.outside",
                reason=f"{labels[found[0]]}不在填报单位的管辖范围内",
                suggestion="请只填本单位及下级单位的数据。",
            )
        return ParsedCell(found[0])

    return parse


def _branch_of_address(bare: str, names: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    """Return the county an address begins with: 楚雄州双柏县妥甸镇.

    Below what it names no other county or city may stand, known or not.
    """
    ends = [
        match.end()
        for match in _LEVEL_CHARACTER.finditer(bare)
        if _TOWNSHIP.fullmatch(bare[match.end() :])
    ]
    for end in reversed(ends):
        found = names.get(bare[:end], ()) or _branch_of_last_part(bare[:end], names)
        if found:
            return found
    return ()


def _branch_of_last_part(bare: str, names: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    parts = re.match(r"(?:云南省)?(.+?(?:自治州|州|市))(.+)", bare)
    if parts is None:
        return ()
    above, below = names.get(parts[1], ()), names.get(parts[2], ())
    return below if above else ()
