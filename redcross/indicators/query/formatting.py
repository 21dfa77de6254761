"""How figures are written for people: 7.38亿元, 1,522.36万元, 增长2.3%, 2000余万元."""

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from redcross.units import Unit

NO_VALUE = "—"
HIDDEN_VALUE = "—（为保护个人信息不显示）"
_SCALES = ((Decimal(100_000_000), "亿"), (Decimal(10_000), "万"))
_CENTS = Decimal("0.01")
_QUALIFIERS_INSIDE = ("余", "多")
_QUALIFIERS_BEFORE = ("约", "近")


def format_exact(value: Decimal | None, unit: Unit) -> str:
    """Write every digit, with thousands' commas: 15,223,600.00元."""
    if value is None:
        return NO_VALUE
    places = 2 if unit in (Unit.YUAN, Unit.PERCENT) else 0
    if places == 0 and value != value.to_integral_value():
        places = 2
    return f"{value:,.{places}f}{unit.label}"


def format_short(value: Decimal | None, unit: Unit, qualifier: str = "") -> str:
    """Write as leaders read it: shortened to 万 or 亿 with two decimals."""
    if value is None:
        return NO_VALUE
    number, scale = _shorten(value, unit)
    before = qualifier if qualifier in _QUALIFIERS_BEFORE else ""
    inside = qualifier if qualifier in _QUALIFIERS_INSIDE else ""
    return f"{before}{number}{inside}{scale}{unit.label}"


def format_for_document(value: Decimal | None, unit: Unit, qualifier: str = "") -> str:
    """Write as official documents do: no commas between thousands, ranks as 第2位."""
    if value is not None and unit is Unit.PLACE:
        return f"第{_trim_zeros(value)}{unit.label}"
    return format_short(value, unit, qualifier).replace(",", "")


def _shorten(value: Decimal, unit: Unit) -> tuple[str, str]:
    if unit is Unit.PERCENT:
        return f"{value.quantize(_CENTS, ROUND_HALF_UP)}", ""
    for size, name in _SCALES:
        if abs(value) >= size:
            return _trim_zeros((value / size).quantize(_CENTS, ROUND_HALF_UP)), name
    places = Decimal(1) if value == value.to_integral_value() else _CENTS
    return _trim_zeros(value.quantize(places, ROUND_HALF_UP)), ""


def format_cut_off(cut_off: dt.datetime) -> str:
    """Write until when records count: 数据截至2026年9月30日8时05分."""
    day = f"{cut_off.year}年{cut_off.month}月{cut_off.day}日"
    return f"数据截至{day}{cut_off.hour}时{cut_off.minute:02}分"


def axis_scale(largest: Decimal | int) -> tuple[Decimal, str]:
    """Return the divisor of a chart's numbers, and its word: 亿, 万 or none."""
    return next(((size, name) for size, name in _SCALES if largest >= size), (Decimal(1), ""))


def _trim_zeros(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent_change(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """Return the change in percent; None where one value is missing or the base is 0."""
    if now is None or not before:
        return None
    return ((now - before) * 100 / abs(before)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def format_change(percent: Decimal | None) -> str:
    """Write 增长2.3%, 下降2.3%, 持平 or —."""
    if percent is None:
        return NO_VALUE
    if percent == 0:
        return "持平"
    return f"增长{percent}%" if percent > 0 else f"下降{-percent}%"


def rank_values(values: Sequence[Decimal | None]) -> list[int | None]:
    """Rank from the largest; ties share a rank: 1, 2, 2, 4."""
    known = sorted((value for value in values if value is not None), reverse=True)
    return [None if value is None else known.index(value) + 1 for value in values]


def is_record_high(value: Decimal | None, earlier: Sequence[Decimal | None]) -> bool:
    """Whether a value is above those of all earlier years (历史新高)."""
    known = [other for other in earlier if other is not None]
    return value is not None and bool(known) and value > max(known)
