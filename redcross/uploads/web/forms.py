"""The forms of uploads, and how their fields are read."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils import timezone

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import home_branch
from redcross.branches.models import Branch
from redcross.errors import RefusedError
from redcross.forms import PeriodField
from redcross.periods import Period, add_months, business_date, month_start
from redcross.uploads.registry import registry
from redcross.uploads.schema.schedule import Monthly
from redcross.uploads.schema.sheet import Sheet

_ADDRESS_SEPARATORS = re.compile(r"[\s,、;]+")
_CELL_ADDRESS = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
_MAX_WORKSHEET_NAME = 100


class UploadForm(forms.Form):
    """Which sheet, which branch, which months."""

    sheet = forms.ChoiceField(label="报表")
    branch = forms.ModelChoiceField(label="填报单位", queryset=Branch.objects.none())
    period = PeriodField(label="报告期", help_text="如 2022-01、2022Q1、2021")

    def __init__(self, *args: Any, branches: list[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = [branch.pk for branch in branches]
        self.fields["branch"].queryset = (  # type: ignore[attr-defined]
            Branch.objects.filter(pk__in=ids).in_official_order()
        )
        self.fields["sheet"].choices = [  # type: ignore[attr-defined]
            (sheet.key, sheet.title) for sheet in registry.in_menu_order()
        ]


def initial_values(request: SignedInRequest) -> dict[str, Any]:
    """Return the usual values: the sheet due each month, last month, the person's own branch."""
    month = Period.month(add_months(month_start(business_date(timezone.now())), -1))
    return {
        "period": request.GET.get("period") or str(month),
        "sheet": request.GET.get("sheet") or default_sheet().key,
        "branch": request.GET.get("branch") or home_branch(request.user),
    }


def default_sheet() -> Sheet:
    """Return the sheet that is uploaded most often: the first one due each month."""
    monthly = [
        sheet
        for sheet in registry.in_menu_order()
        if any(isinstance(due.calendar, Monthly) for due in sheet.due)
    ]
    return (monthly or registry.in_menu_order())[0]


class ReasonForm(forms.Form):
    """The reason why a person opens personal data."""

    reason = forms.CharField(
        label="理由",
        min_length=4,
        max_length=200,
        error_messages={"required": "请写明理由。", "min_length": "理由请写清楚，至少4个字。"},
    )


def parse_cell_remarks(
    worksheets: Sequence[str], addresses: Sequence[str], texts: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Return (worksheet, cell, text) of each cell named; raise RefusedError.

    One line may name several cells: C12、C15 D3.
    """
    return [
        (worksheet[:_MAX_WORKSHEET_NAME], address, text.strip())
        for worksheet, line, text in zip(worksheets, addresses, texts, strict=False)
        for address in _cell_addresses(line, text)
    ]


def _cell_addresses(line: str, text: str) -> Iterator[str]:
    for address in _ADDRESS_SEPARATORS.split(unicodedata.normalize("NFKC", line).upper()):
        if not address:
            continue
        if not _CELL_ADDRESS.fullmatch(address):
            message = f"无法识别单元格“{address}”，请写列号加行号，如 C12。"
            raise RefusedError("cell.unknown", message)
        if not text.strip():
            raise RefusedError("remark.missing", f"请写明单元格{address}的意见。")
        yield address
