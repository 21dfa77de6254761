"""The forms of the reports page."""

from typing import Any

from django import forms

from redcross.branches.models import Branch
from redcross.periods import Period, UnknownPeriodError
from redcross.reports.declare.declaration import report_kinds


class DraftForm(forms.Form):
    """The report to draft: its kind, branch and period."""

    kind = forms.ChoiceField(label="报告")
    branch = forms.ModelChoiceField(
        Branch.objects.none(), label="机构", to_field_name="code", empty_label=None
    )
    period = forms.CharField(label="报告期", max_length=20, help_text="如 2021、2021Q3、2022-01")

    def __init__(self, *args: Any, branches: list[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = [(kind.key, kind.name) for kind in report_kinds.values()]
        codes = [branch.pk for branch in branches]
        choice = self.fields["branch"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101
        choice.queryset = Branch.objects.filter(pk__in=codes).in_official_order()

    def clean_period(self) -> Period:
        """Parse the period; the error explains how one is written."""
        try:
            return Period.parse(self.cleaned_data["period"])
        except UnknownPeriodError as error:
            raise forms.ValidationError(str(error)) from None


class TemplateForm(forms.Form):
    """A Word template to use instead of the portal's own."""

    file = forms.FileField(label="Word 模板（docx）")
