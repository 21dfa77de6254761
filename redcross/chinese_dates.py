"""Years, months and days as they are written within Chinese texts.

Forms are tables, not expressions: in `Y年M月D日` the letters stand for numbers, `-` for any of
. / - and every other character for itself.
"""

import re

_ZEROS, _OTHERS = "〇零○O0", "一二三四五六七八九"
_DIGITS = dict.fromkeys(_ZEROS, 0) | {char: at for at, char in enumerate(_OTHERS, start=1)}
_NUMERAL = f"[{''.join(_DIGITS)}十]"
_COUNTED_NUMERALS = re.compile(rf"{_NUMERAL}+(?=[年月日号])")
_YEAR_DIGITS = 4
_TEN = "十"

_TOKENS = {
    "Y": r"\d{4}",
    "M": r"(?:1[0-2]|0?[1-9])",
    "D": r"(?:3[01]|[12]\d|0?[1-9])(?!\d)",
    "-": r"[./-]",
    "日": "[日号]",
}
DAY_FORMS = ("Y年M月D日", "Y-M月D日", "M月D日", "Y-M-D")
"""How a day stands within a text."""


def _pattern(form: str) -> str:
    return "".join(_TOKENS.get(character, re.escape(character)) for character in form)


_DAY = re.compile(rf"(?<![\d.])(?:{'|'.join(map(_pattern, DAY_FORMS))})")
_DAY_TO_FILL_IN = re.compile(r"\d{4}年(?:\d{1,2})?月(?:\d{1,2})?日")
_MONTH = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])月(?:份)?(?!\d)")


def parse_numeral(text: str) -> int | None:
    """Return the number below a hundred that a numeral stands for: 二十三 → 23, None for others."""
    tens, ten, ones = text.rpartition(_TEN)
    if len(tens) > 1 or len(ones) > 1 or not (ten or ones):
        return None
    if not all(character in _DIGITS for character in tens + ones):
        return None
    value = (_DIGITS[tens] if tens else 1) * 10 if ten else 0
    return value + (_DIGITS[ones] if ones else 0)


def to_digits(text: str) -> str:
    """Return a text with the numerals before 年, 月, 日 and 号 as digits: 八月三日 → 8月3日.

    Years are written digit by digit (二〇二一年); a numeral that is no number stays.
    """
    return _COUNTED_NUMERALS.sub(_digits_of, text)


def _digits_of(match: re.Match[str]) -> str:
    numeral = match[0]
    if len(numeral) == _YEAR_DIGITS and _TEN not in numeral:
        return "".join(str(_DIGITS[character]) for character in numeral)
    number = parse_numeral(numeral)
    return numeral if number is None else str(number)


def is_day_line(text: str) -> bool:
    """Tell whether a text is a whole day or one to be filled in: 2021年  月  日."""
    return _DAY_TO_FILL_IN.fullmatch(to_digits("".join(text.split()))) is not None


def find_days(text: str) -> list[str]:
    """Return the days that stand in a text, as they are written."""
    return _DAY.findall(to_digits(text))


def find_months(text: str) -> set[int]:
    """Return the months that a text names, with or without a year: 八月份, 2021年8月."""
    return {int(month) for month in _MONTH.findall(to_digits(text))}
