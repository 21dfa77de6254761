"""Forms of the page of a person."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from redcross.accounts.models import User


class SuccessorForm(forms.Form):
    """The successor."""

    other = forms.ModelChoiceField(
        label="接手人", queryset=User.objects.none(), empty_label="请选择",
        error_messages={"required": "请选择接手的人。", "invalid_choice": "没有这个人。"},
    )  # fmt: skip

    def __init__(self, *args: Any, people: "QuerySet[User]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["other"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
        field.queryset = people


class DeputyForm(SuccessorForm):
    """The deputy and the last day."""

    until = forms.DateField(
        label="至",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "请填代理的截止日期。", "invalid": "日期写成 2022-03-01。"},
    )
