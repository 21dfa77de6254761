"""Serializers that validate the inputs of the API and describe its outputs."""

from typing import Any

from rest_framework import serializers

from redcross.branches.choices import Level
from redcross.uploads.choices import UploadMode, UploadState

_PERIOD_PART = r"(?:19|2[0-9])[0-9]{2}(?:-?[Qq][1-4]|-?[Hh][12]|-(?:0?[1-9]|1[0-2]))?"
PERIOD_PATTERN = rf"^(?:{_PERIOD_PART}|(?:{_PERIOD_PART})?\.\.{_PERIOD_PART})$"
"""The spellings `Period.parse` reads: 2021, 2021H1, 2021Q3, 2021-09, A..B or ..B."""


_PERIOD_ERRORS: dict[str, Any] = {
    "invalid": "无法识别报告期。请写成 2021、2021H1、2021Q3、2021-09、2020..2021 或 ..2021-12。"
}


class StrictSerializer(serializers.Serializer[Any]):
    """An input in which an unknown parameter is an error."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        unknown = set(self.initial_data) - set(self.fields)
        if unknown:
            known = "、".join(self.fields)
            message = f"不认识的参数“{'、'.join(sorted(unknown))}”。可用：{known or '无'}。"
            raise serializers.ValidationError(message)
        return attrs


class RefusalOut(serializers.Serializer[Any]):
    """The code and message of a refusal."""

    code = serializers.CharField()
    message = serializers.CharField()


class ColumnOut(serializers.Serializer[Any]):
    """One column of a sheet."""

    field = serializers.CharField()
    heading = serializers.CharField()
    aliases = serializers.ListField(child=serializers.CharField())
    required = serializers.BooleanField()  # type: ignore[assignment]
    unit = serializers.CharField(allow_blank=True)


class SheetOut(serializers.Serializer[Any]):
    """One sheet that can be uploaded."""

    key = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    columns = ColumnOut(many=True)
    identity = serializers.ListField(child=serializers.CharField())


class UploadQuery(StrictSerializer):
    """Filters of the list of uploads."""

    sheet = serializers.CharField(required=False, max_length=60)
    branch = serializers.CharField(required=False, max_length=12)
    period = serializers.RegexField(
        PERIOD_PATTERN, required=False, max_length=40, error_messages=_PERIOD_ERRORS
    )
    state = serializers.ChoiceField(
        choices=[(state.lower(), label) for state, label in UploadState.choices], required=False
    )
    cursor = serializers.CharField(required=False, max_length=200)


class UploadIn(StrictSerializer):
    """A workbook with its sheet, branch and period."""

    file = serializers.FileField(allow_empty_file=False)
    sheet = serializers.CharField(max_length=60)
    branch = serializers.CharField(max_length=12)
    period = serializers.RegexField(PERIOD_PATTERN, max_length=40, error_messages=_PERIOD_ERRORS)
    mode = serializers.ChoiceField(choices=UploadMode.choices, required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class UploadSummary(serializers.Serializer[Any]):
    """One upload of a list."""

    upload = serializers.IntegerField(source="pk")
    sheet = serializers.CharField()
    branch = serializers.CharField(source="branch.code")
    period = serializers.CharField()
    state = serializers.SerializerMethodField()
    filename = serializers.CharField(allow_blank=True)
    rows = serializers.IntegerField()
    accepted = serializers.IntegerField()
    errors = serializers.IntegerField()  # type: ignore[assignment]
    warnings = serializers.IntegerField()
    created_at = serializers.DateTimeField()

    def get_state(self, upload: Any) -> str:
        """Return the state in lower case, as `manage.py upload` prints it."""
        return str(upload.state).lower()


class UploadPage(serializers.Serializer[Any]):
    """A page of uploads."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = UploadSummary(many=True)


class FindingOut(serializers.Serializer[Any]):
    """Findings with one cause in one column."""

    worksheet = serializers.CharField(allow_blank=True)
    cell = serializers.CharField(allow_null=True)
    row = serializers.IntegerField(allow_null=True)
    column = serializers.CharField(allow_null=True)
    field = serializers.CharField(allow_null=True)
    code = serializers.CharField()
    severity = serializers.CharField()
    message = serializers.CharField()
    suggestion = serializers.CharField(allow_blank=True)
    value = serializers.CharField(allow_blank=True)
    count = serializers.IntegerField()
    rows = serializers.ListField(child=serializers.IntegerField())


class UploadOut(serializers.Serializer[Any]):
    """An upload with its findings, as `manage.py upload` prints it."""

    upload = serializers.IntegerField()
    state = serializers.CharField()
    code = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)
    sheet = serializers.CharField()
    tables = serializers.ListField(child=serializers.DictField())
    rows = serializers.IntegerField()
    accepted = serializers.IntegerField()
    findings = FindingOut(many=True)
    changes = serializers.DictField()
    seconds = serializers.DictField()


class ActionIn(StrictSerializer):
    """Input of an action: the note of a submission, the remark of a return."""

    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    remark = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class FigureParameters(StrictSerializer):
    """The parameters of `manage.py indicators`."""

    keys = serializers.CharField(required=False, max_length=2000, help_text="以逗号分隔")
    period = serializers.RegexField(PERIOD_PATTERN, max_length=40, error_messages=_PERIOD_ERRORS)
    branch = serializers.CharField(required=False, max_length=12)
    own = serializers.BooleanField(required=False, default=False)
    units = serializers.ChoiceField(
        choices=[(level.lower(), label) for level, label in Level.choices], required=False
    )
    by = serializers.CharField(required=False, max_length=200)
    category = serializers.CharField(required=False, max_length=200)


class FigureOut(serializers.Serializer[Any]):
    """One figure."""

    indicator = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    period = serializers.CharField()
    branch = serializers.CharField()
    level = serializers.CharField()
    month = serializers.CharField(allow_null=True)
    breakdown = serializers.CharField(allow_blank=True)
    category = serializers.CharField(allow_blank=True)
    category_key = serializers.CharField(allow_blank=True)
    value = serializers.CharField(allow_null=True)
    unit = serializers.CharField(allow_blank=True)
    qualifier = serializers.CharField(allow_blank=True)
    missing = serializers.ListField(child=serializers.CharField())
    hidden = serializers.BooleanField()

    def get_fields(self) -> dict[str, Any]:
        """Add `from`, a reserved word in Python."""
        return {**super().get_fields(), "from": serializers.CharField()}


class RecordQuery(StrictSerializer):
    """Filters of the list of records."""

    branch = serializers.CharField(required=False, max_length=12)
    upload = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    cursor = serializers.CharField(required=False, max_length=200)


class RecordKindOut(serializers.Serializer[Any]):
    """One kind of record that can be read."""

    model = serializers.CharField()
    title = serializers.CharField()
    columns = serializers.DictField(child=serializers.CharField())


class RecordPage(serializers.Serializer[Any]):
    """A page of records, with personal values masked or left out."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = serializers.ListField(child=serializers.DictField())


class ReportQuery(StrictSerializer):
    """Filters of the list of reports."""

    kind = serializers.CharField(required=False, max_length=60)
    cursor = serializers.CharField(required=False, max_length=200)


class ReportSummary(serializers.Serializer[Any]):
    """One report of a list."""

    report = serializers.IntegerField(source="pk")
    kind = serializers.CharField()
    title = serializers.CharField(source="content.title")
    branch = serializers.CharField(source="branch.code")
    period = serializers.CharField()
    state = serializers.SerializerMethodField()
    document_number = serializers.CharField(allow_blank=True)
    issue = serializers.CharField(allow_blank=True)

    def get_state(self, report: Any) -> str:
        """Return the state in lower case."""
        return str(report.state).lower()


class ReportPage(serializers.Serializer[Any]):
    """A page of reports."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ReportSummary(many=True)


class ReportOut(serializers.Serializer[Any]):
    """A report with its text and figures."""

    report = serializers.IntegerField()
    title = serializers.CharField()
    state = serializers.CharField()
    cut_off = serializers.CharField()
    figures_digest = serializers.CharField(allow_blank=True)
    chapters = serializers.ListField(child=serializers.DictField())
    figures = serializers.DictField()
