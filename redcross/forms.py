"""Form fields that several apps use."""

from typing import Any

from django import forms

from redcross.periods import Period, UnknownPeriodError


class PeriodField(forms.CharField):
    """A reporting period in any spelling `Period.parse` reads, with a first and a last month."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            period = Period.parse(text)
        except UnknownPeriodError as error:
            raise forms.ValidationError(str(error)) from None
        if period.first is None:
            raise forms.ValidationError("报告期须有起止月份。")
        return period
