"""Forms of gifts and fundraising."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from donations.models import Giver

MAX_CANDIDATES = 50


class MergeForm(forms.Form):
    """Which giver another name belongs to."""

    into = forms.ModelChoiceField(
        label="并入", queryset=Giver.objects.none(), empty_label="请选择捐赠人",
        error_messages={"required": "请选择要并入的捐赠人。", "invalid_choice": "没有这个捐赠人。"},
    )  # fmt: skip

    def __init__(
        self, *args: Any, giver: Giver, candidates: "QuerySet[Giver]", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        similar = candidates.exclude(pk=giver.pk).filter(name__icontains=giver.name[:4])
        nearest = similar.order_by("name").values_list("pk", flat=True)[:MAX_CANDIDATES]
        field = self.fields["into"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
        field.queryset = candidates.filter(pk__in=list(nearest))
