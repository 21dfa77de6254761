"""manage.py upload: the whole road for one file, inline; answers in JSON or in words."""

import json
import sys
from pathlib import Path
from typing import Any

from django.utils import timezone

from redcross.accounts.models import User
from redcross.accounts.scope import acting_as_system, acting_for
from redcross.branches.models import Branch
from redcross.branches.services import find_branch
from redcross.commands import StrictCommand
from redcross.errors import RefusedError
from redcross.periods import Period, UnknownPeriodError
from redcross.uploads.choices import Severity, UploadMode, UploadState
from redcross.uploads.files.workbook import UnreadableError
from redcross.uploads.models import Upload
from redcross.uploads.output.serialize import serialize_upload
from redcross.uploads.preparing.check_result import CheckResult, Stopwatch
from redcross.uploads.preparing.import_setup import prepare_setup
from redcross.uploads.preparing.prepare import (
    add_plausibility_warnings,
    diff_with_database,
    read_file,
)
from redcross.uploads.registry import registry
from redcross.uploads.schema.findings import FindingGroup
from redcross.uploads.workflow import apply, check, creation, services

EXIT_CLEAN, EXIT_ERRORS, EXIT_UNREADABLE, EXIT_REFUSED = 0, 1, 2, 3
COMMAND_UPLOADER, COMMAND_REVIEWER = "命令行（填报）", "命令行（审核）"


class Command(StrictCommand):
    """Upload, check, submit and approve one workbook."""

    help = "上传一份工作簿并走完报送流程。"
    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--sheet", required=True)
        parser.add_argument("--branch", required=True)
        parser.add_argument("--period", required=True)
        parser.add_argument("--mode", choices=UploadMode.values)
        parser.add_argument("--user", default=COMMAND_UPLOADER)
        parser.add_argument("--reviewer", default=COMMAND_REVIEWER)
        parser.add_argument("--note", default="")
        act = parser.add_mutually_exclusive_group()
        act.add_argument("--check", action="store_true")
        act.add_argument("--approve", action="store_true")
        parser.add_argument("--format", choices=["json", "text"], default="text")

    def handle(self, **options: Any) -> None:
        try:
            answer, code = self.answer(options)
        except UnreadableError as error:
            answer, code = (
                _serialize_refusal("unreadable", error.code, str(error), options),
                EXIT_UNREADABLE,
            )
        except RefusedError as error:
            answer, code = (
                _serialize_refusal("refused", error.code, error.message, options),
                EXIT_REFUSED,
            )
        if options["format"] == "json":
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self.stdout.write(_to_text(answer))
        if code:
            sys.exit(code)

    def answer(self, options: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Do what was asked; return the answer and the exit code."""
        now = timezone.now()
        user, branch, period = _resolve_arguments(options)
        content = _read_content(options["file"])
        if options["check"]:
            return self._checked(options, user, branch, period, content)
        with acting_for(user):
            upload = creation.create_upload(
                user,
                sheet=options["sheet"],
                branch=branch,
                period=period,
                content=content,
                filename=options["file"].name,
                mode=options["mode"],
                note=options["note"],
                now=now,
            )
        upload = check.check_upload(upload.pk, user=user, now=now)
        if upload.state == UploadState.FAILED:
            answer = _serialize_as_uploader(upload)
            answer["state"] = "unreadable"
            return answer, EXIT_UNREADABLE
        if upload.state != UploadState.READY:
            return _serialize_as_uploader(upload), EXIT_ERRORS
        with acting_for(user):
            note = options["note"] or ("由命令行提交。" if upload.warnings else "")
            upload = services.submit(upload.pk, user=user, now=now, note=note)
        if options["approve"]:
            reviewer = _user(options["reviewer"])
            with acting_for(reviewer):
                upload = services.approve(upload.pk, user=reviewer, now=now)
            if upload.state == UploadState.REVIEWED:
                second = _user(COMMAND_REVIEWER)
                with acting_for(second):
                    upload = services.approve(upload.pk, user=second, now=now)
            upload = apply.apply_upload(upload.pk, now=now).upload
        return _serialize_as_uploader(upload), EXIT_CLEAN

    def _checked(
        self, options: dict[str, Any], user: User, branch: Branch, period: Period, content: bytes
    ) -> tuple[dict[str, Any], int]:
        now = timezone.now()
        sheet = registry[options["sheet"]]
        with acting_for(user):
            creation.require_enterable(user, sheet=sheet.key, branch=branch, period=period, now=now)
            setting = prepare_setup(sheet, branch, period, now=now)
        watch = Stopwatch(lambda *_: None)
        del content
        result = read_file(setting, options["file"], filename=options["file"].name, watch=watch)
        mode = options["mode"] or creation.default_mode(sheet.key)
        probe = Upload(
            branch=branch,
            sheet=sheet.key,
            first_month=period.start,
            last_month=period.last,
            mode=mode,
        )
        with acting_for(user):
            result = add_plausibility_warnings(setting, result)
            result.comparison = diff_with_database(
                probe, sheet, result.frame, watch, look_only=True
            )
        return _serialize_result(
            result, sheet.key
        ), EXIT_ERRORS if result.has_errors else EXIT_CLEAN


def _resolve_arguments(options: dict[str, Any]) -> tuple[User, Branch, Period]:
    try:
        period = Period.parse(options["period"])
    except UnknownPeriodError as error:
        raise RefusedError("period.unknown", str(error)) from None
    if options["sheet"] not in registry:
        listed = "、".join(registry)
        raise RefusedError("sheet.unknown", f"没有名为“{options['sheet']}”的报表。可用：{listed}。")
    branch = find_branch(options["branch"])
    if branch is None:
        raise RefusedError("branch.unknown", f"没有代码或名称为“{options['branch']}”的机构。")
    return _user(options["user"]), branch, period


def _user(name: str) -> User:
    with acting_as_system("命令行查找用户"):
        user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise RefusedError("user.unknown", f"没有名为“{name}”的用户；请先运行 manage.py setup。")
    return user


def _read_content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise UnreadableError("file.not_found", path.name) from None


def _serialize_refusal(
    state: str, code: str, message: str, options: dict[str, Any]
) -> dict[str, Any]:
    return {
        "upload": None,
        "state": state,
        "code": code,
        "message": message,
        "sheet": options["sheet"],
        "tables": [],
        "rows": 0,
        "accepted": 0,
        "findings": [],
        "changes": dict.fromkeys(("new", "changed", "unchanged", "missing", "edited_by_hand"), 0),
        "seconds": {},
    }


def _serialize_as_uploader(upload: Upload) -> dict[str, Any]:
    with acting_for(upload.uploaded_by):
        return serialize_upload(upload)


def _serialize_result(result: CheckResult, sheet: str) -> dict[str, Any]:
    worst = next((group for group in result.groups if group.severity is Severity.ERROR), None)
    return {
        "upload": None,
        "state": "checked",
        "code": worst.first.code if worst else "",
        "message": worst.first.message if worst else "",
        "sheet": sheet,
        "tables": result.tables,
        "rows": result.rows,
        "accepted": result.frame.height,
        "findings": [_serialize_group(group) for group in result.groups],
        "changes": result.comparison.counts,
        "seconds": result.seconds,
    }


def _serialize_group(group: FindingGroup) -> dict[str, Any]:
    first = group.first
    return {
        "worksheet": first.worksheet,
        "cell": first.cell,
        "row": first.row,
        "column": first.column,
        "field": first.field,
        "code": first.code,
        "severity": first.severity.value,
        "message": first.message,
        "suggestion": first.suggestion,
        "value": first.value,
        "count": group.count,
        "rows": list(group.rows),
    }


def _to_text(answer: dict[str, Any]) -> str:
    lines = [f"{answer['sheet']}：{answer['state']} {answer['message']}".rstrip()]
    lines.append(f"共 {answer['rows']} 行，可生效 {answer['accepted']} 行。")
    lines += [
        f"[{finding['severity']}] {finding['message']}"
        f"（{finding['count']} 处）{finding['suggestion']}"
        for finding in answer["findings"]
    ]
    return "\n".join(lines)
