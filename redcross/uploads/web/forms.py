"""What a person says beside the file he drops."""

from typing import Any

from django import forms
from django.utils import timezone

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import home_branch
from redcross.branches.models import Branch
from redcross.forms import PeriodField
from redcross.periods import Period, add_months, business_date, month_start
from redcross.uploads.registry import registry
from redcross.uploads.schema.schedule import Monthly
from redcross.uploads.schema.sheet import Sheet


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
    """Return what most people say: the sheet due each month, last month, their own branch."""
    month = Period.month(add_months(month_start(business_date(timezone.now())), -1))
    return {
        "period": request.GET.get("period") or str(month),
        "sheet": request.GET.get("sheet") or default_sheet().key,
        "branch": request.GET.get("branch") or home_branch(request.user),
    }


def default_sheet() -> Sheet:
    """Return the sheet that is handed in most often: the first one due each month."""
    monthly = [
        sheet
        for sheet in registry.in_menu_order()
        if any(isinstance(due.calendar, Monthly) for due in sheet.due)
    ]
    return (monthly or registry.in_menu_order())[0]


class ReasonForm(forms.Form):
    """Why somebody opens an original."""

    reason = forms.CharField(
        label="理由",
        min_length=4,
        max_length=200,
        error_messages={"required": "请写明理由。", "min_length": "理由请写清楚，至少4个字。"},
    )
