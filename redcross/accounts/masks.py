"""Masking of personal values."""

import re

_LONG_DIGITS = re.compile(r"\d{7,}")


def mask_id_number(value: str) -> str:
    """Mask an identity document's number: 530102********1234, or its last two letters."""
    if len(value) >= 15:
        return f"{value[:6]}{'*' * (len(value) - 10)}{value[-4:]}"
    return f"{'*' * max(len(value) - 2, 0)}{value[-2:]}"


def mask_phone(value: str) -> str:
    """Mask each number of a cell: 138****5678."""
    return _LONG_DIGITS.sub(lambda match: f"{match[0][:3]}****{match[0][-4:]}", value)


def mask_name(value: str) -> str:
    """Mask a person's name: 张*, 张*明."""
    if len(value) <= 1:
        return "*"
    if len(value) == 2:
        return f"{value[0]}*"
    return f"{value[0]}{'*' * (len(value) - 2)}{value[-1]}"
