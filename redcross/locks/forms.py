"""Forms of period locks."""

from typing import Any

from django import forms

from redcross.accounts.choices import Domain
from redcross.branches.models import Branch
from redcross.forms import PeriodField


class LockForm(forms.Form):
    """The domain, the subtree and the months of a new lock."""

    domain = forms.ChoiceField(
        label="业务", choices=[("", "全部业务"), *Domain.choices], required=False
    )
    branch = forms.ModelChoiceField(
        label="范围（含下级）", queryset=Branch.objects.in_official_order(), empty_label="请选择"
    )
    period = PeriodField(label="月份", help_text="如 2022-01、2022Q1、2022-01..2022-06")
    reason = forms.CharField(label="说明", max_length=200, required=False)


class UnlockRequestForm(forms.Form):
    """The branch that needs locked months opened, and the reason."""

    branch = forms.ModelChoiceField(
        label="单位", queryset=Branch.objects.none(), empty_label="请选择"
    )
    reason = forms.CharField(
        label="原因", max_length=200, error_messages={"required": "请写明原因。"}
    )

    def __init__(self, *args: Any, branches: list[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = [branch.pk for branch in branches]
        self.fields["branch"].queryset = (  # type: ignore[attr-defined]
            Branch.objects.filter(pk__in=ids).in_official_order()
        )


class UnlockAnswerForm(forms.Form):
    """The number of days to open the months, or the remark of a refusal."""

    days = forms.IntegerField(
        label="开放天数",
        min_value=1,
        max_value=30,
        initial=3,
        required=False,
        error_messages={
            "min_value": "开放天数应在1到30之间。",
            "max_value": "开放天数应在1到30之间。",
            "invalid": "开放天数请填整数。",
        },
    )
    remark = forms.CharField(label="答复", max_length=200, required=False)
