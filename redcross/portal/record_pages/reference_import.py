"""Import of reference data from a workbook: read in a sandbox, compared, then confirmed.

The file never reaches django-import-export before the limits apply: the child process of
`redcross.uploads.files` opens it, and only a table of texts is handed to the resource.
"""

import dataclasses
import json
import secrets
import tempfile
from pathlib import Path
from typing import Any

import tablib
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from import_export.results import Result, RowResult

from redcross.accounts.encryption import seal, unseal
from redcross.accounts.requests import SignedInRequest
from redcross.portal.record_pages.list_export import ListExportMixin
from redcross.portal.record_pages.resources import build_resource, readable_columns
from redcross.uploads.files.workbook import UnreadableError, read_workbook

MAX_FILE_SIZE = 2_000_000
MAX_IMPORTED_ROWS = 2_000
_CONFIRM_SECONDS = 1_800
_KIND_LABELS = {
    RowResult.IMPORT_TYPE_NEW: "新增",
    RowResult.IMPORT_TYPE_UPDATE: "修改",
    RowResult.IMPORT_TYPE_SKIP: "未变",
}


class ImportRefusedError(Exception):
    """The file cannot be imported; the message says why and what to do."""


@dataclasses.dataclass(frozen=True, slots=True)
class PreviewLine:
    """The result of one row of the file."""

    row: int  # as Excel numbers it
    kind: str  # 新增, 修改, 未变 or 有误
    name: str
    message: str = ""


class ReferenceImportMixin(ListExportMixin):
    """Adds 从工作簿导入 to a list of reference data, for users who may add and change rows."""

    import_key: tuple[str, ...] = ()
    """Fields that identify a row; the primary key if empty."""

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_import"
        view = self.admin_site.admin_view(self.import_workbook)
        return [path("import/", view, name=name), *super().get_urls()]

    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        context = {}
        if self._may_import(request):
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_import"
            context = {"import_address": reverse(name)}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def exported_columns(self) -> tuple[str, ...]:
        readonly = set(self.readonly_fields) | set(self.exclude or ())
        key = self._key()
        names = [name for name in readable_columns(self.model) if name not in readonly]
        return (*key, *(name for name in names if name not in key))

    def import_workbook(self, request: SignedInRequest) -> HttpResponse:
        """Show the form; with a file, a preview; with a confirmation, import it."""
        if not self._may_import(request):
            raise PermissionDenied
        context: dict[str, Any] = {
            "title": self.opts.verbose_name_plural,
            "columns": [_label_of(self.model, name) for name in self.exported_columns()],
            "list_address": self._list_address(),
            "max_rows": MAX_IMPORTED_ROWS,
            "max_megabytes": MAX_FILE_SIZE // 1_000_000,
        }
        if request.method == "POST":
            try:
                if token := request.POST.get("confirm", ""):
                    return self._apply(request, token)
                context |= self._preview(request)
            except ImportRefusedError as refused:
                context["refusal"] = str(refused)
        return render(request, "portal/reference_import.html", context)

    def _preview(self, request: SignedInRequest) -> dict[str, Any]:
        file = request.FILES.get("file")
        if file is None:
            message = "请选择一个工作簿。"
            raise ImportRefusedError(message)
        if (file.size or 0) > MAX_FILE_SIZE:
            message = f"文件超过{MAX_FILE_SIZE // 1_000_000} MB，请只留需要导入的行。"
            raise ImportRefusedError(message)
        labels = [_label_of(self.model, name) for name in self.exported_columns()]
        dataset = read_dataset(file.read(), str(file.name), labels)
        lines = list_preview_lines(self._import(dataset, dry_run=True), self.model)
        has_errors = any(line.kind == "有误" for line in lines)
        changes = [line for line in lines if line.kind != "未变"]
        token = ""
        if changes and not has_errors:
            token = secrets.token_urlsafe(16)
            content = seal(json.dumps([dataset.headers, list(dataset)]).encode())
            cache.set(self._cache_key(request, token), content, _CONFIRM_SECONDS)
        counts = {
            kind: sum(line.kind == kind for line in lines)
            for kind in ("新增", "修改", "未变", "有误")
        }
        return {"lines": changes, "counts": counts, "token": token}

    def _apply(self, request: SignedInRequest, token: str) -> HttpResponse:
        stored = cache.get(self._cache_key(request, token))
        if stored is None:
            message = "对比已过期或已导入过，请重新选择文件。"
            raise ImportRefusedError(message)
        headers, rows = json.loads(unseal(stored))
        with transaction.atomic():
            result = self._import(tablib.Dataset(*rows, headers=headers), dry_run=False)
        lines = list_preview_lines(result, self.model)
        if any(line.kind == "有误" for line in lines):
            message = "导入期间数据已被他人改动，没有写入。请重新选择文件，再看一次对比。"
            raise ImportRefusedError(message)
        cache.delete(self._cache_key(request, token))
        new = sum(line.kind == "新增" for line in lines)
        changed = sum(line.kind == "修改" for line in lines)
        messages.success(request, f"已导入：新增{new}条，修改{changed}条。")
        return HttpResponseRedirect(self._list_address())

    def _import(self, dataset: tablib.Dataset, *, dry_run: bool) -> Result:
        resource = build_resource(self.model, self.exported_columns(), self._key())()
        result = resource.import_data(
            dataset, dry_run=dry_run, rollback_on_validation_errors=True, use_transactions=True
        )
        # The library has rolled everything back then, and reports it nowhere else.
        if result.base_errors:
            raise ImportRefusedError(str(result.base_errors[0].error))
        return result

    def _key(self) -> tuple[str, ...]:
        return self.import_key or (str(self.opts.pk.name),)

    def _may_import(self, request: SignedInRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def _cache_key(self, request: SignedInRequest, token: str) -> str:
        return f"reference-import:{self.opts.label_lower}:{request.user.pk}:{token[:40]}"

    def _list_address(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")


def read_dataset(content: bytes, filename: str, labels: list[str]) -> tablib.Dataset:
    """Return the first table of a file as texts; raise ImportRefusedError.

    The heading row is the first that contains the heading of the key, `labels[0]`. Unknown
    columns are refused by name, since a misspelt heading would silently change nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"workbook{Path(filename).suffix.lower()[:6]}"
        source.write_bytes(content)
        try:
            book = read_workbook(source, filename=filename)
        except UnreadableError as error:
            raise ImportRefusedError(str(error)) from None
    grid = book.grids[0]
    rows = [
        [str(cell or "").strip() for cell in row] for row in grid.cells.select(grid.letters).rows()
    ]
    start = next((at for at, row in enumerate(rows[:20]) if labels[0] in row), None)
    if start is None:
        message = f"没有找到“{labels[0]}”一栏。请先导出本列表，在导出的表里修改。"
        raise ImportRefusedError(message)
    headers = rows[start]
    unknown = [text for text in headers if text and text not in labels]
    if unknown:
        message = f"不认识的栏目：{'、'.join(unknown[:10])}。可用的栏目：{'、'.join(labels)}。"
        raise ImportRefusedError(message)
    if len(set(headers)) < len(headers) - headers.count("") + bool(headers.count("")):
        message = "有两栏的名称相同，请删去一栏。"
        raise ImportRefusedError(message)
    used = [at for at, text in enumerate(headers) if text]
    body = [[row[at] for at in used] for row in rows[start + 1 :] if any(row[at] for at in used)]
    if len(body) > MAX_IMPORTED_ROWS:
        message = f"共{len(body):,}行，一次最多导入{MAX_IMPORTED_ROWS:,}行。"
        raise ImportRefusedError(message)
    if not body:
        message = "表头下面没有数据。"
        raise ImportRefusedError(message)
    return tablib.Dataset(*body, headers=[headers[at] for at in used])


def list_preview_lines(result: Result, model: type[models.Model]) -> list[PreviewLine]:
    """Return the result of each row, in the order of the file; faults name the column."""
    lines = []
    for at, row in enumerate(result.rows):
        name = str(row.object_repr or "")
        if row.validation_error is not None:
            text = "；".join(_validation_messages(row.validation_error, model))
            lines.append(PreviewLine(at + 2, "有误", name, text))
        elif row.errors:
            lines.append(PreviewLine(at + 2, "有误", name, str(row.errors[0].error)))
        else:
            lines.append(PreviewLine(at + 2, _KIND_LABELS.get(str(row.import_type), "未变"), name))
    return lines


def _validation_messages(error: Any, model: type[models.Model]) -> list[str]:
    if hasattr(error, "message_dict"):
        return [
            text if name == "__all__" else f"「{_label_of(model, name)}」{text}"
            for name, texts in error.message_dict.items()
            for text in texts
        ]
    return list(error.messages)


def _label_of(model: type[models.Model], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "verbose_name", name))
