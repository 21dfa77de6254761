"""Forms of completeness."""

from typing import Any

from django import forms

from redcross.branches.models import Branch
from redcross.forms import PeriodField
from redcross.uploads.registry import registry


class ExemptionForm(forms.Form):
    """The branch, sheet and months of an exemption, and its reason."""

    branch = forms.ModelChoiceField(
        label="单位", queryset=Branch.objects.none(), empty_label="请选择"
    )
    with_below = forms.BooleanField(label="含其下级", required=False)
    sheet = forms.ChoiceField(label="报表", required=False)
    period = PeriodField(label="月份", help_text="如 2022-01、2022Q1、2022-01..2022-06")
    reason = forms.CharField(
        label="原因", max_length=200, error_messages={"required": "请写明原因。"}
    )

    def __init__(self, *args: Any, branches: list[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = [branch.pk for branch in branches]
        self.fields["branch"].queryset = (  # type: ignore[attr-defined]
            Branch.objects.filter(pk__in=ids).in_official_order()
        )
        self.fields["sheet"].choices = [  # type: ignore[attr-defined]
            ("", "全部报表"),
            *((sheet.key, sheet.title) for sheet in registry.in_menu_order() if sheet.due),
        ]
