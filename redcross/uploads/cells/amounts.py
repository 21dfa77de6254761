"""Parse amounts and counts as staff write them: 1,234.5, ￥6，307.34万元, 198件, １２."""

import decimal
import re
import unicodedata
from decimal import Decimal

from redcross.units import MULTIPLES
from redcross.uploads.cells.parsed import ParsedCell, normalize_text

DOUBLE_DIGITS = 15
_MAX_AMOUNT = Decimal(10) ** 15
_NUMBER = re.compile(
    r"(?P<sign>[-+−])?(?:(?:现金|捐款|善款|资金)?(?:人民币|RMB|CNY|¥|￥)?)(?P<sign2>[-−])?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)"
    r"(?P<exponent>[eE][-+]?\d{1,2})?"
    r"(?P<multiple>百万|千万|[百千万亿])?(?P<unit>[^\d.,]{0,6}?)(?:整|正)?"
)
_INEXACT = re.compile(r"[余多约近左右上下超过不足~～—至到和及共]|以[上下内外]")
_MONEY_UNITS = frozenset({"", "元", "块", "圆", "¥", "元人民币", "人民币", "RMB", "人民币元"})
_CHINESE_DIGITS = frozenset("零〇一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟")
_CONTEXT = decimal.Context(prec=DOUBLE_DIGITS, rounding=decimal.ROUND_HALF_EVEN)
_ROUNDED = "有 {places} 位以上小数（{value}），已按 {rounded} 读取"


def parse_decimal(
    text: str,
    *,
    is_number: bool,
    places: int,
    multiple: Decimal,
    money: bool,
) -> ParsedCell:
    """Parse an amount in the stored unit; `multiple` is the heading's (万元: 10000).

    A unit in the cell itself (6，307.34万元) has precedence. A number cell (`is_number`) is a
    double: 15 significant digits of it are exact. `money` refuses other units than yuan;
    `places` is the number of decimal places stored.
    """
    bare = normalize_text(text)
    if any(unicodedata.category(char) == "No" for char in text):
        return _unreadable(text, bare)  # 100① has a footnote; in NFKC form it would be 1001
    negative = bare.startswith("(") and bare.endswith(")") and not is_number
    match = _NUMBER.fullmatch(bare[1:-1] if negative else bare)
    if match is None:
        return _unreadable(text, bare)
    unit = match["unit"] or ""
    if _INEXACT.search(unit):
        return ParsedCell(
            code="amount.inexact",
            reason=f"“{text.strip()[:40]}”不是确数",
            suggestion="请填写准确的数字；确为约数的写入备注。",
        )
    if money and unit not in _MONEY_UNITS:
        return ParsedCell(
            code="amount.foreign_unit",
            reason=f"带有不是人民币金额的单位“{unit}”",
            suggestion="请折算为人民币，只填数字。",
        )
    if match["exponent"] and not is_number:
        return _unreadable(text, bare)
    number = Decimal(match["digits"].replace(",", "") + (match["exponent"] or ""))
    if is_number:
        number = _CONTEXT.create_decimal(number)
    own_multiple = match["multiple"] or ""
    # 万 in the cell, or a written 元, is the unit; a bare number has the heading's.
    if own_multiple or (money and unit and not is_number):
        number *= MULTIPLES[own_multiple]
    else:
        number *= multiple
    if negative or match["sign"] in ("-", "−") or match["sign2"]:
        number = -number
    return _round_to_places(number, places)


def _round_to_places(number: Decimal, places: int) -> ParsedCell:
    if abs(number) >= _MAX_AMOUNT:
        return ParsedCell(
            code="amount.too_large",
            reason=f"数值过大（{number:f}）",
            suggestion="请核对单位是元还是万元。",
        )
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=decimal.ROUND_HALF_UP)
    if rounded != number:
        reason = _ROUNDED.format(places=places, value=f"{number.normalize():f}", rounded=rounded)
        return ParsedCell(rounded, "amount.more_places", reason, f"请保留 {places} 位小数。")
    return ParsedCell(rounded)


def _unreadable(text: str, bare: str) -> ParsedCell:
    if bare and set(bare.rstrip("元整正圆")) <= _CHINESE_DIGITS:
        return ParsedCell(
            code="amount.in_words",
            reason=f"识别为文本“{text.strip()}”",
            suggestion="请填写数字。",
        )
    return ParsedCell(
        code="amount.unreadable",
        reason=f"“{text.strip()[:40]}”不是数字",
        suggestion="请只填一个数字，单位写在表头。",
    )


def parse_integer(text: str, *, is_number: bool, multiple: Decimal) -> ParsedCell:
    """Parse a count; a unit in the cell (198件, 12人) is dropped, a fraction refused."""
    parsed = parse_decimal(text, is_number=is_number, places=6, multiple=multiple, money=False)
    if parsed.value is None:
        return parsed
    number = parsed.value
    assert isinstance(number, Decimal)  # noqa: S101  parse_decimal returns nothing else
    if number != number.to_integral_value():
        return ParsedCell(
            code="integer.fraction",
            reason=f"应为整数，读到 {number.normalize():f}",
            suggestion="请填写整数。",
        )
    return ParsedCell(int(number))
