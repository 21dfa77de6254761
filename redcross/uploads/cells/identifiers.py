"""Parse identity numbers (GB 11643), credit codes (GB 32100) and telephone numbers."""

import datetime as dt
import re

from redcross.uploads.cells.parsed import ParsedCell, normalize_text

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_RESIDENT_NUMBER = re.compile(r"\d{17}[\dX]")
_OLD_RESIDENT_NUMBER = re.compile(r"\d{15}")
_FOREIGN_DOCUMENT = re.compile(
    r"[A-Z]{1,3}\d{6,10}(?:\(\d\))?|\d{8}|(?=[A-Z0-9]*[A-Z])[A-Z0-9]{7,12}"
)
_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_MASKED_PHONE = re.compile(r"(?=[\d*]{11}$)1\d{0,3}\*+\d{0,4}|\d{3,4}-?\*+\d{0,4}")
_LANDLINE = re.compile(r"(?:0\d{2,3}-?)?\d{7,8}(?:-\d{1,6})?")
_PHONE_SEPARATORS = re.compile(r"[/、;；,，\r\n]+")
_DOUBLE_DIGITS = 15
_CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def parse_id_number(text: str, *, is_number: bool) -> ParsedCell:
    """Parse an identity document's number; one that Excel has rounded is refused."""
    bare = normalize_text(text).lstrip("'’").upper().replace("Ⅹ", "X").replace("×", "X")
    if (is_number and len(bare.partition(".")[0]) > _DOUBLE_DIGITS) or "E+" in bare:
        return ParsedCell(
            code="id.rounded",
            reason="Excel 已把证件号码当作数字，末几位丢失",
            suggestion="请把整列设为“文本”格式后重新填写号码。",
        )
    if _OLD_RESIDENT_NUMBER.fullmatch(bare):
        return ParsedCell(bare, "id.fifteen_digits", "是 15 位旧号码", "请改为 18 位身份证号。")
    if _RESIDENT_NUMBER.fullmatch(bare):
        return _parse_resident_number(bare)
    if re.fullmatch(r"\d{16,17}|\d{19,}|\d{9,14}", bare):
        return ParsedCell(
            code="id.length",
            reason=f"有 {len(bare)} 位，身份证号应为 18 位",
            suggestion="请核对是否漏填或多填。",
        )
    if _FOREIGN_DOCUMENT.fullmatch(bare):
        return ParsedCell(bare)
    return ParsedCell(
        code="id.unreadable",
        reason="不是身份证号，也不是护照、通行证号码",
        suggestion="请核对证件号码。",
    )


def _parse_resident_number(number: str) -> ParsedCell:
    expected = check_character(number)
    if number[17] != expected:
        return ParsedCell(
            code="id.check_digit",
            reason=f"校验码不正确（末位应为{expected}）",
            suggestion="请对照证件核对每一位。",
        )
    if birth_date(number) is None:
        return ParsedCell(
            code="id.birth_date",
            reason="其中的出生日期不存在",
            suggestion="请对照证件核对第 7—14 位。",
        )
    return ParsedCell(number)


def check_character(number: str) -> str:
    """Return the check character of GB 11643 for the first 17 characters."""
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def birth_date(number: str) -> dt.date | None:
    """Return the date of birth in a resident's number, None where there is no such date."""
    try:
        return dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def parse_phone(text: str, *, is_number: bool) -> ParsedCell:
    """Parse one or several telephone numbers; they are stored with 、 between them."""
    del is_number
    parts = []
    for number in _PHONE_SEPARATORS.split(text):
        # 138 1234 5678 is one number written in three groups.
        whole = normalize_text(number)
        one = _MOBILE.fullmatch(whole.replace("-", "")) or _LANDLINE.fullmatch(whole)
        parts += [whole] if one else list(map(normalize_text, number.split()))
    numbers = []
    for part in parts:
        bare = part.replace("—", "-").replace("－", "-").strip("()")
        mobile = _MOBILE.fullmatch(bare.replace("-", ""))
        if mobile:
            numbers.append(mobile[1])
        elif _LANDLINE.fullmatch(bare):
            numbers.append(bare)
        elif _MASKED_PHONE.fullmatch(bare):
            return ParsedCell(None, "phone.masked", f"“{bare}”已隐去，没有保存", "")
        else:
            return ParsedCell(
                code="phone.unreadable",
                reason="不是电话号码",
                suggestion="手机号为 11 位；座机请写区号，如 0871-63620000；多个号码用“、”分隔。",
            )
    return ParsedCell("、".join(numbers))


def parse_credit_code(text: str, *, is_number: bool) -> ParsedCell:
    """Parse a unified social credit code; a wrong check character gives only a warning."""
    del is_number
    bare = normalize_text(text).upper()
    if len(bare) != 18 or any(char not in _CODE_CHARACTERS for char in bare):
        return ParsedCell(
            bare, "credit_code.form", "不是 18 位统一社会信用代码", "请对照证照核对。"
        )
    total = sum(
        _CODE_CHARACTERS.index(char) * pow(3, index, 31) for index, char in enumerate(bare[:17])
    )
    if _CODE_CHARACTERS[(31 - total % 31) % 31] != bare[17]:
        return ParsedCell(
            bare, "credit_code.check_digit", "统一社会信用代码校验码不符", "请对照证照核对。"
        )
    return ParsedCell(bare)
