"""Export what a record list shows, as filtered, as a workbook."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from import_export import resources
from unfold.admin import ModelAdmin

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import home_branch
from redcross.api.records import NAME_LABELS
from redcross.files import Sensitivity, file_response
from redcross.files.workbooks import ExportWorkbook
from redcross.portal.record_pages.resources import build_resource, readable_columns

MAX_EXPORTED_ROWS = 20_000
_MAX_COLUMN_WIDTH = 40


class ListExportMixin(ModelAdmin):
    """Adds 导出 to a record list: the rows of its filters, in the reader's scope.

    Encrypted fields are never included. If a field names persons the file is personal and is
    sent encrypted with a password.
    """

    change_list_template = "admin/record_list.html"

    def exported_columns(self) -> tuple[str, ...]:
        """Return the fields of the file, in order."""
        return tuple(readable_columns(self.model))

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        view = self.admin_site.admin_view(self.export_list)
        return [path("export/", view, name=name), *super().get_urls()]

    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_export")
        query = request.GET.urlencode()
        context = {"export_address": f"{address}?{query}" if query else address}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def export_list(self, request: SignedInRequest) -> HttpResponse:
        """Send the filtered list; show a message if it is too long."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        try:
            queryset = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(f"{back}?e=1")
        rows = queryset.count()
        if rows > MAX_EXPORTED_ROWS:
            text = f"共{rows:,}行，一次最多导出{MAX_EXPORTED_ROWS:,}行，请先用筛选缩小范围。"
            messages.error(request, text)
            return HttpResponseRedirect(f"{back}?{request.GET.urlencode()}")
        names = self.exported_columns()
        resource = build_resource(self.model, names)()
        title = str(self.opts.verbose_name_plural)
        branch = home_branch(request.user)
        return file_response(
            write_dataset(resource, queryset, title),
            f"{title}_{timezone.localdate():%Y%m%d}.xlsx",
            sensitivity=Sensitivity.PERSONAL if self._names_persons(names) else Sensitivity.FIGURES,
            rows=rows,
            branch_code=branch.code if branch else "",
        )

    def _names_persons(self, names: tuple[str, ...]) -> bool:
        labels = {str(self.model._meta.get_field(name).verbose_name) for name in names}
        return bool(labels & NAME_LABELS)


def write_dataset(resource: resources.ModelResource, queryset: Any, title: str) -> bytes:
    """Return a workbook with one worksheet: headings in bold, one row per record."""
    dataset = resource.export(queryset)
    numeric = {
        at
        for at, field in enumerate(resource.get_export_fields())
        if isinstance(getattr(field, "widget", None), _number_widgets())
    }
    book = ExportWorkbook()
    bold = book.add_format({"bold": True, "bg_color": "#F2F2F2", "text_wrap": True})
    sheet = book.add_worksheet(title[:31])
    for at, heading in enumerate(dataset.headers or ()):
        sheet.write_string(0, at, heading, bold)
        longest = max([len(heading) * 2, *(len(str(row[at])) for row in dataset[:200])], default=8)
        sheet.set_column(at, at, min(longest + 2, _MAX_COLUMN_WIDTH))
    for number, row in enumerate(dataset, start=1):
        for at, value in enumerate(row):
            _write_value(sheet, number, at, value, is_number=at in numeric)
    sheet.freeze_panes(1, 0)
    return book.content()


def _number_widgets() -> tuple[type, ...]:
    from import_export import widgets  # noqa: PLC0415  only list exports need it

    return (widgets.DecimalWidget, widgets.IntegerWidget)


def _write_value(sheet: Any, row: int, column: int, value: object, *, is_number: bool) -> None:
    if value in (None, ""):
        return
    if is_number:
        sheet.write_number(row, column, float(Decimal(str(value))))
    elif isinstance(value, dt.date):
        sheet.write_string(row, column, value.isoformat())
    else:
        sheet.write_string(row, column, str(value))
