"""The pages of the road: hand in, look, decide, take back."""

import dataclasses
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import enterable_branches, home_branch
from redcross.branches.models import Branch
from redcross.errors import RefusedError
from redcross.files import Sensitivity, file_response
from redcross.uploads import rules, tasks
from redcross.uploads.choices import OPEN_STATES, PROCESSING_STATES, UploadOrigin, UploadState
from redcross.uploads.files import storage, workbook
from redcross.uploads.models import HeadingMemory, Upload, UploadFinding
from redcross.uploads.output.annotated_workbook import annotate_workbook, build_bad_rows
from redcross.uploads.output.blank_workbook import build_blank_workbook
from redcross.uploads.preparing.prepare import import_spec
from redcross.uploads.registry import registry
from redcross.uploads.schema.finding_catalogue import CODES
from redcross.uploads.schema.findings import Severity
from redcross.uploads.schema.import_spec import CellKind, SheetSpec
from redcross.uploads.web.forms import UploadForm, default_sheet, initial_values
from redcross.uploads.workflow import check, progress, services
from redcross.uploads.workflow.queries import heading_mappings, visible_uploads

PAGE_SIZE = 20


@login_required
@require_http_methods(["GET", "POST"])
def type_rows(request: SignedInRequest) -> HttpResponse:
    """Type rows into a table; they become an upload like any other."""
    if request.method == "POST":
        require_entering_role(request)
    form = UploadForm(
        request.POST or None,
        branches=enterable_branches(request.user),
        initial=initial_values(request),
    )
    key = request.POST.get("sheet") or request.GET.get("sheet") or default_sheet().key
    sheet = registry[key] if key in registry else default_sheet()
    fields = sheet.specification().fields
    if request.method == "POST" and form.is_valid():
        rows = _typed_rows(request, [field.name for field in fields])
        try:
            upload = services.create_typed_upload(
                request.user, **form.cleaned_data, rows=rows, now=timezone.now()
            )
        except RefusedError as error:
            messages.error(request, str(error))
        else:
            tasks.enqueue_check(upload, request.user.pk)
            return redirect("upload", pk=upload.pk)
    context = {
        "form": form,
        "fields": fields,
        "numbers": range(10),
        "sheet": sheet,
        "enters": rules.has_entering_role(request.user),
    }
    return render(request, "uploads/typed.html", context)


def require_entering_role(request: SignedInRequest) -> None:
    """Refuse a form of somebody who hands nothing in; reading the page he finds a sentence."""
    if not rules.has_entering_role(request.user):
        raise PermissionDenied


def _typed_rows(request: SignedInRequest, names: list[str]) -> list[dict[str, str]]:
    columns = {name: request.POST.getlist(f"cell-{name}") for name in names}
    height = max((len(values) for values in columns.values()), default=0)
    rows = [
        {name: values[at] if at < len(values) else "" for name, values in columns.items()}
        for at in range(height)
    ]
    return [row for row in rows if any(text.strip() for text in row.values())]


@login_required
@require_GET
def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One upload: what was read, found, would change; who did what; what can be done."""
    upload = get_visible_upload(request, pk)
    return render(request, "uploads/detail.html", _detail_context(request, upload))


def _detail_context(request: SignedInRequest, upload: Upload) -> dict[str, Any]:
    rows_shown = rules.may_see_rows(request.user, upload)
    labels = {field.name: field.label for field in import_spec(upload.declared).fields}
    changes = storage.load_json(upload.changes_file) if upload.changes_file and rows_shown else {}
    turn = upload.get_pending_action_display()
    in_work = upload.state in PROCESSING_STATES or bool(turn)
    spec = upload.declared.specification()
    mine = rules.may_enter(request.user, upload.branch, upload.sheet)
    kept = _load_preview_rows(upload) if rows_shown else []
    doubted = [line for line in kept if line["in_doubt"]]
    return {
        "upload": upload,
        "sheet": upload.declared,
        "labels": labels,
        "tables": _tables(upload, list(labels)),
        "fields": spec.fields,
        "unsaid": _fillable_columns(upload, spec),
        "causes": finding_causes(upload),
        "steps": upload.steps.select_related("by").order_by("at", "pk"),
        "remarks": upload.remarks.select_related("by").order_by("at"),
        "changed": changes.get("changed", [])[:50],
        "missing": changes.get("missing", [])[:50],
        "rows_shown": rows_shown,
        "lines": _preview_table(upload, [line for line in kept if not line["in_doubt"]][:8]),
        "doubted": _preview_table(upload, doubted[:5]),
        "doubted_count": len(doubted),
        "memories": heading_mappings(upload.branch, upload.sheet) if mine else [],
        "twins": _identical_uploads(request, upload),
        "in_work": in_work,
        "turn": turn,
        "progress": progress.current_progress(upload.pk) if in_work else None,
        "is_mine": mine,
        "is_open": upload.state in OPEN_STATES or upload.state == UploadState.READY,
        "may_submit": mine and upload.state == UploadState.READY,
        "may_review": upload.state in (UploadState.SUBMITTED, UploadState.REVIEWED)
        and rules.may_review(request.user, upload),
        "may_undo": rules.may_revert(request.user, upload),
        "may_see_file": rules.may_see_file(request.user, upload),
    }


def _tables(upload: Upload, names: list[str]) -> list[dict[str, Any]]:
    """Return the tables as read, their columns in the sheet's order: JSON keeps none."""
    return [
        {
            **table,
            "columns": sorted(table["columns"].items(), key=lambda pair: _position(names, pair[1])),
        }
        for table in upload.tables
    ]


def _fillable_columns(upload: Upload, spec: SheetSpec) -> list[dict[str, Any]]:
    """Return the columns no table has that the uploader may fill in for all rows at once."""
    names = {name for table in upload.tables for name in table.get("unsaid", ())}
    return [
        {
            "field": field,
            "is_day": field.kind is CellKind.DATE,
            "options": list(field.labels.values()),
            "value": upload.table_values.get(field.name, ""),
        }
        for field in spec.fields
        if field.name in names and check.may_fill_table(field)
    ]


def _position(names: list[str], name: str) -> int:
    return names.index(name) if name in names else len(names)


@dataclasses.dataclass(frozen=True, slots=True)
class FindingCause:
    """Findings of one code: one thing to understand, however often it is found."""

    title: str
    count: int
    first: UploadFinding
    findings: list[UploadFinding]


def finding_causes(upload: Upload) -> list[FindingCause]:
    """Return what was found, by its cause: errors first, then in the order it was met."""
    by_code: dict[str, list[UploadFinding]] = {}
    for finding in upload.findings.order_by("pk"):
        by_code.setdefault(finding.code, []).append(finding)
    causes = [
        FindingCause(
            title=CODES[code].title if code in CODES else code,
            count=sum(each.count for each in found),
            first=found[0],
            findings=found,
        )
        for code, found in by_code.items()
    ]
    grave = [each.value for each in Severity]
    return sorted(causes, key=lambda cause: grave.index(cause.first.severity))


def _identical_uploads(request: SignedInRequest, upload: Upload) -> list[Upload]:
    """Return the uploads that brought this very file before, or beside it."""
    if upload.origin != UploadOrigin.FILE or not upload.digest:
        return []
    same = visible_uploads(request.user).filter(digest=upload.digest).exclude(pk=upload.pk)
    return list(same[:5])


def _preview_table(upload: Upload, kept: list[dict[str, Any]]) -> dict[str, Any]:
    """Return lines for a table: their headings, and each cell as it stood and as it was read."""
    fields = upload.declared.specification().fields
    shown = [field for field in fields if any(field.name in line["cells"] for line in kept)]
    rows = [(line, [line["cells"].get(field.name, ("", "")) for field in shown]) for line in kept]
    return {"headings": [field.label for field in shown], "rows": rows}


def _load_preview_rows(upload: Upload) -> list[dict[str, Any]]:
    """Return the lines kept of an upload, none while a machine is at work on it."""
    if not upload.lines_file or upload.state in PROCESSING_STATES:
        return []
    kept: list[dict[str, Any]] = storage.load_json(upload.lines_file)
    return kept


@login_required
@require_GET
def doubtful_rows(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every line in doubt, as it stood in the workbook and as it was read."""
    upload = get_visible_upload(request, pk)
    seen = rules.may_see_rows(request.user, upload)
    doubted = [line for line in _load_preview_rows(upload) if line["in_doubt"]] if seen else []
    page = Paginator(doubted, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "upload": upload,
        "page": page,
        "lines": _preview_table(upload, list(page.object_list)),
    }
    return render(request, "uploads/lines.html", context)


def get_visible_upload(request: SignedInRequest, pk: int) -> Upload:
    """Return an upload one may see, its branch noted for the access log; else 404."""
    uploads = Upload.objects.visible_to(request.user).select_related(
        "branch__parent", "uploaded_by", "reviewed_by", "approved_by"
    )
    upload = get_object_or_404(uploads, pk=pk)
    request.seen_branch = upload.branch.code
    return upload


@login_required
@require_GET
def poll_state(request: SignedInRequest, pk: int) -> HttpResponse:
    """The live part of an upload's page; when the work ends the page is told to reload."""
    upload = get_visible_upload(request, pk)
    turn = upload.get_pending_action_display()
    if upload.state not in PROCESSING_STATES and not turn:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {"upload": upload, "progress": progress.current_progress(pk), "turn": turn}
    return render(request, "uploads/_progress.html", context)


@login_required
@require_POST
def perform_action(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """Do one thing to an upload, and say how it went."""
    upload = get_visible_upload(request, pk)
    try:
        done = _ACTIONS[verb](request, upload)
    except RefusedError as error:
        messages.error(request, str(error))
        transaction.set_rollback(False)
    else:
        messages.success(request, done)
    return redirect("upload", pk=pk)


def _submit(request: SignedInRequest, upload: Upload) -> str:
    note = request.POST.get("note", upload.note)
    services.submit(upload.pk, user=request.user, now=timezone.now(), note=note)
    return "已提交，等待上级审核。"


def _withdraw(request: SignedInRequest, upload: Upload) -> str:
    services.withdraw(upload.pk, user=request.user, now=timezone.now())
    return "已撤回。"


def _request_revert(request: SignedInRequest, upload: Upload) -> str:
    tasks.request_revert(upload, request.user)
    return "已开始作废本批。"


def _request_restore(request: SignedInRequest, upload: Upload) -> str:
    tasks.request_restore(upload, request.user)
    return "已开始恢复本批。"


def _recheck(request: SignedInRequest, upload: Upload) -> str:
    services.recheck(upload.pk, user=request.user, now=timezone.now())
    tasks.enqueue_check(upload, request.user.pk)
    return "已重新检查。"


def _set_options(request: SignedInRequest, upload: Upload) -> str:
    services.set_options(
        upload.pk,
        user=request.user,
        accept_good_rows="accept_good_rows" in request.POST,
        delete_missing="delete_missing" in request.POST,
    )
    return "已保存选择。"


def _map_heading(request: SignedInRequest, upload: Upload) -> str:
    heading, field = request.POST.get("heading", ""), request.POST.get("field", "")
    if not rules.may_enter(request.user, upload.branch, upload.sheet):
        raise RefusedError("upload.not_yours", "只有填报单位可以办理。")
    if field and field not in upload.declared.columns:
        raise RefusedError("field.unknown", "请从列表中选择对应的栏目。")
    HeadingMemory.objects.visible_to(request.user).update_or_create(
        branch=upload.branch,
        sheet=upload.sheet,
        heading=heading[:200],
        defaults={"field": field, "by": request.user, "at": timezone.now()},
    )
    return _recheck(request, upload)


def _set_table_value(request: SignedInRequest, upload: Upload) -> str:
    check.set_table_value(
        upload.pk,
        field=request.POST.get("field", ""),
        text=request.POST.get("text", "").strip(),
        user=request.user,
        now=timezone.now(),
    )
    tasks.enqueue_check(upload, request.user.pk)
    return "已重新检查。"


def _forget_heading(request: SignedInRequest, upload: Upload) -> str:
    heading = request.POST.get("heading", "")
    services.forget_heading(upload.branch, upload.sheet, heading, user=request.user)
    if upload.state in (UploadState.HAS_ERRORS, UploadState.READY, UploadState.FAILED):
        _recheck(request, upload)
    return f"已忘记“{heading}”的对应关系。"


_ACTIONS = {
    "submit": _submit,
    "withdraw": _withdraw,
    "undo": _request_revert,
    "restore": _request_restore,
    "recheck": _recheck,
    "options": _set_options,
    "map": _map_heading,
    "fill": _set_table_value,
    "forget": _forget_heading,
}


@login_required
@require_POST
def report_zero(request: SignedInRequest) -> HttpResponse:
    """Report that there was nothing."""
    require_entering_role(request)
    form = UploadForm(request.POST, branches=enterable_branches(request.user))
    if not form.is_valid():
        messages.error(request, "请选择报表、填报单位和报告期。")
        return redirect("upload-new")
    try:
        upload = services.create_upload(
            request.user,
            **form.cleaned_data,
            content=b"",
            filename="零报告",
            origin=UploadOrigin.ZERO,
            now=timezone.now(),
        )
    except RefusedError as error:
        messages.error(request, str(error))
        return redirect("upload-new")
    tasks.enqueue_check(upload, request.user.pk)
    return redirect("upload", pk=upload.pk)


@login_required
@require_GET
def download(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """Give back 批注本 or 待改行."""
    upload = get_visible_upload(request, pk)
    if not upload.file or not rules.may_see_file(request.user, upload):
        messages.error(request, "没有可下载的文件，或您没有查看原件的权限。")
        return redirect("upload", pk=pk)
    found = storage.load_json(upload.findings_file) if upload.findings_file else []
    with storage.unsealed_file(upload.file, upload.filename) as path:
        try:
            book = workbook.read_workbook(path, filename=upload.filename)
        except workbook.UnreadableError as error:
            messages.error(request, str(error))
            return redirect("upload", pk=pk)
        if kind == "annotated":
            content = annotate_workbook(path, upload.filename, book, found)
            return _send_workbook(request, upload, content, f"批注本-{upload.filename}")
    sheet = upload.declared
    content = build_bad_rows(
        book,
        upload.tables,
        found,
        import_spec(sheet),
        upload_id=upload.pk,
        unmarked=bool(sheet.exploded_identity),
    )
    return _send_workbook(request, upload, content, f"待改行-{upload.filename}")


def _send_workbook(
    request: SignedInRequest, upload: Upload, content: bytes, name: str
) -> HttpResponse:
    """Answer with what was made of an upload; a password would keep from nobody what he has."""
    holding = Sensitivity.FIGURES
    if any(field.personal for field in upload.declared.specification().fields):
        own = rules.is_original_uploader(request.user, upload)
        holding = Sensitivity.OWN_WORKBOOK if own else Sensitivity.PERSONAL
    return file_response(
        content,
        _as_xlsx(name),
        sensitivity=holding,
        rows=upload.rows,
        branch_code=upload.branch.code,
    )


@login_required
@require_GET
def list_blanks(request: SignedInRequest) -> HttpResponse:
    """List the blank workbooks."""
    return render(request, "uploads/blanks.html", {"sheets": registry.values()})


@login_required
@require_GET
def download_blank(request: SignedInRequest, key: str) -> HttpResponse:
    """Give out the blank workbook of a sheet."""
    if key not in registry:
        messages.error(request, f"没有名为“{key}”的报表。")
        return redirect("blanks")
    branch = home_branch(request.user)
    below = Branch.objects.under(branch).in_official_order() if branch else Branch.objects.none()
    content = build_blank_workbook(
        registry[key].specification(),
        society=branch.society if branch else "",
        branch_names=list(below.values_list("short_name", flat=True)),
    )
    return file_response(content, f"{registry[key].title}.xlsx", sensitivity=Sensitivity.NO_DATA)


def _as_xlsx(name: str) -> str:
    return f"{name.rpartition('.')[0] or name}.xlsx"


@login_required
@require_GET
def explain_code(request: SignedInRequest, key: str) -> HttpResponse:
    """Explain one kind of finding."""
    known = CODES.get(key)
    return render(
        request, "uploads/code.html", {"code": known, "key": key, "codes": CODES.values()}
    )


def address_of(upload: Upload) -> str:
    """Return where an upload is shown."""
    return reverse("upload", kwargs={"pk": upload.pk})
