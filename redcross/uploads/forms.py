"""What a person says beside the file he drops."""

from typing import Any

from django import forms

from redcross.branches.models import Branch
from redcross.periods import Period, UnknownPeriodError
from redcross.uploads.choices import UploadMode
from redcross.uploads.sheet import registry


class PeriodField(forms.CharField):
    """A period as people and addresses write it."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            period = Period.parse(text)
        except UnknownPeriodError as error:
            raise forms.ValidationError(str(error)) from None
        if period.first is None:
            raise forms.ValidationError("报告期须有起止月份。")
        return period


class WhatForm(forms.Form):
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
            (sheet.key, sheet.title) for sheet in registry.offered()
        ]


class MultipleFiles(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Every chosen file."""

    widget = MultipleFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        single = super().clean
        many = data if isinstance(data, list | tuple) else [data]
        return [single(each, initial) for each in many]


class UploadForm(WhatForm):
    """One or several files, and what they are."""

    mode = forms.ChoiceField(
        label="方式", choices=[("", "按报表默认"), *UploadMode.choices], required=False
    )
    files = FilesField(label="文件")  # type: ignore[assignment]


class RemarkForm(forms.Form):
    """A reviewer's words."""

    remark = forms.CharField(label="意见", required=False, max_length=2000)
    worksheet = forms.CharField(required=False, max_length=100)
    cell = forms.CharField(label="单元格", required=False, max_length=12)


class ReasonForm(forms.Form):
    """Why somebody opens an original."""

    reason = forms.CharField(
        label="理由",
        min_length=4,
        max_length=200,
        error_messages={"required": "请写明理由。", "min_length": "理由请写清楚，至少4个字。"},
    )
