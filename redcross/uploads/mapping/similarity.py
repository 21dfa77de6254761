"""How near an unknown heading is to what a sheet calls its columns.

In go a heading's levels and a field's words; out comes a score from 0 to 100. Headings are
short and made of few characters: which ones they share says more than where they stand
(定向资金 is 资金／定向), and one within the other nearly all (户主身份证号 is 身份证号).
"""

import functools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from rapidfuzz import fuzz

from redcross.uploads.mapping.normalize import (
    JOINER,
    SUM_WORDS,
    normalize_exact,
    normalize_header,
    value_class,
)
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, FieldSpec

_NUMERIC_PENALTY = 10
"""What a column of numbers must be nearer: nothing in it tells what it counts."""
_CLASS_ENDINGS = {
    "money": re.compile(r"(?:金额|款额|数额|总额|折价|价值|价款|经费|元)$"),
    "number": re.compile(r"(?:人数|人次|次数|数量|户数|笔数|份数|场次|例数|件数|个数|总数)$"),
    "date": re.compile(r"(?:日期|时间|时限|期限)$"),
}
"""How the headings of each sort end."""
_EXCLUDED, _ONE_SIDED_PENALTY = 100.0, 8.0
_OPPOSITE_WORDS = (
    (("任务", "目标", "指标", "计划", "应收"), ("完成", "实际", "实收")),
    (
        ("期初", "上期", "原有", "年初"), ("期末", "现有", "年末"), ("新增", "新建"),
        ("注销", "撤销", "减少"),
    ),
    (("入库", "收入", "接收"), ("出库", "发出", "发放", "支出")),
    (("承诺", "认捐", "协议"), ("到账", "到位", "实收")),
    (("本年", "本期", "本月", "本季", "当期", "当月"), ("累计", "历年", "总计")),
    (("例",), ("枚", "片")),
    (("小时", "时长"), ("队",)),
    (("单价", "价格", "价值"), ("单位", "数量")),
    (("资金", "现金", "捐款"), ("物资", "实物", "捐物")),
    (("人次",), ("人数",)),
    (("成人", "成年"), ("青少年",), ("团体",)),
    (("非定向", "不定向"),),
    (("补考", "补交", "补助"),),
    (("监护人", "家长"), ("患儿", "患者")),
    (("户主",), ("经办", "填表", "领取", "代领")),
)  # fmt: skip
"""Words of which a heading has one side and its field the same, or it is another's."""
_FILLER_ENDINGS = ("总人数", "人次数", "人数", "数量", "总数", "数", "情况", "信息", "名称", "姓名")
_SUMS = frozenset(SUM_WORDS)
_REORDERED_FACTOR = 0.95
_UNGROUPED_HEADING_PENALTY, _UNGROUPED_WORD_PENALTY = 5, 15
_CONTAINED_SCORE = 60


def heading_similarity(levels: Sequence[str], words: Iterable[str]) -> float:
    """Return how near a heading is to the nearest of a field's words."""
    whole, leaf = normalize_header("".join(levels)), normalize_header(levels[-1])
    best = 0.0
    written = normalize_exact("".join(levels))
    for word in words:
        known = normalize_header(word)
        against = _contradiction(written, normalize_exact(word))
        if against >= _EXCLUDED:
            continue
        best = max(best, _text_similarity(whole, known) - against)
        if JOINER not in word and leaf != whole and leaf not in _SUMS:
            best = max(best, _text_similarity(leaf, known) - _UNGROUPED_HEADING_PENALTY - against)
        elif JOINER in word and len(levels) == 1:
            below = normalize_header(word.rpartition(JOINER)[2])
            best = max(best, _text_similarity(whole, below) - _UNGROUPED_WORD_PENALTY - against)
    return best


@functools.lru_cache(maxsize=50_000)
def _contradiction(heading: str, word: str) -> float:
    """Return how much speaks against a word: 指标数 is no 完成数, and （枚） no （例）."""
    against = 0.0
    for sides in _OPPOSITE_WORDS:
        ours = {at for at, side in enumerate(sides) if any(each in heading for each in side)}
        theirs = {at for at, side in enumerate(sides) if any(each in word for each in side)}
        if ours and theirs and not ours & theirs:
            return _EXCLUDED
        if ours != theirs:
            against += _ONE_SIDED_PENALTY
    return against


def field_similarity(levels: Sequence[str], field: FieldSpec) -> float:
    """Return how near a heading is to a field; 捐赠人数 counts, and is no amount and nobody."""
    sort, text = value_class(field), normalize_header(levels[-1])
    if any(pattern.search(text) for other, pattern in _CLASS_ENDINGS.items() if other != sort):
        return 0.0
    if field.exclude_pattern is not None and field.exclude_pattern.search(
        normalize_header("".join(levels))
    ):
        return 0.0
    near = heading_similarity(levels, (field.label, *field.aliases))
    return near - _NUMERIC_PENALTY if field.kind in NUMERIC_KINDS else near


def match_by_similarity(
    levels: Mapping[str, Sequence[str]], fields: Iterable[FieldSpec], taken: Collection[str] = ()
) -> dict[str, str]:
    """Give columns the one field each is nearly called, where no other is nearly as near."""
    absent = [field for field in fields if field.name not in taken]
    near: list[tuple[float, str, str]] = []
    for letter, texts in levels.items():
        ranked = sorted(
            ((field_similarity(texts, each), each.name) for each in absent),
            reverse=True,
        )
        second = ranked[1][0] if len(ranked) > 1 else 0.0
        if ranked and ranked[0][0] >= max(TUNING.min_similarity, second + TUNING.min_margin):
            near.append((ranked[0][0], letter, ranked[0][1]))
    columns: dict[str, str] = {}
    for _, letter, name in sorted(near, reverse=True):
        if name not in columns.values():
            columns[letter] = name
    return columns


@functools.lru_cache(maxsize=50_000)
def _text_similarity(heading: str, word: str) -> float:
    if not heading or not word:
        return 0.0
    pairs = {(heading, word), (_strip_filler(heading), _strip_filler(word))}
    return max(_raw_similarity(*pair) for pair in pairs)


def _raw_similarity(heading: str, word: str) -> float:
    score = max(
        fuzz.ratio(heading, word),
        fuzz.ratio("".join(sorted(heading)), "".join(sorted(word))) * _REORDERED_FACTOR,
    )
    # 户主身份证号 is an 身份证号; 捐赠 is not yet a 捐赠金额.
    if len(word) > 1 and word in heading:
        score = max(score, _CONTAINED_SCORE + (100 - _CONTAINED_SCORE) * len(word) / len(heading))
    return score


@functools.lru_cache(maxsize=20_000)
def _strip_filler(text: str) -> str:
    for filling in _FILLER_ENDINGS:
        if text.endswith(filling) and len(text) > len(filling) + 1:
            return text.removesuffix(filling)
    return text
