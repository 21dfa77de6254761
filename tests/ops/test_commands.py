"""Names, output and exit codes of the commands that other programs call."""

import json

import openpyxl
import pytest
from django.core.management import call_command

from donations.models import Donation
from redcross.uploads.models import Upload
from tests.support.gift_ledger import ledger_workbook
from tests.support.workbooks import gift_workbook, write_xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def run_command(capsys):
    def call(*arguments):
        code = 0
        try:
            call_command(*map(str, arguments))
        except SystemExit as stop:
            code = stop.code
        out = capsys.readouterr().out
        return code, (json.loads(out) if out.startswith(("{", "[")) else out)

    return call


@pytest.fixture
def workbook_path(tmp_path):
    def write(content, name="明细.xlsx"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def run_upload_command(
    run_command, path, *more, branch="5301", period="2021-08", sheet="donations.ledger"
):
    return run_command(
        "upload", path, "--sheet", sheet, "--branch", branch, "--period", period,
        "--format", "json", *more,
    )  # fmt: skip


def test_upload_command_approves_a_clean_workbook_and_prints_full_result(
    run_command, workbook_path
):
    code, answer = run_upload_command(
        run_command, workbook_path(ledger_workbook(1, "2元")), "--approve"
    )

    assert (code, answer["state"], answer["rows"], answer["accepted"]) == (0, "effective", 2, 2)
    assert answer["changes"] == {
        "new": 2, "changed": 0, "unchanged": 0, "missing": 0, "edited_by_hand": 0,
    }  # fmt: skip
    (table,) = answer["tables"]
    assert table["sums"] == {"value": "3.00"}
    assert table["heading_rows"] == [2]
    assert table["columns"]["金额（元）"] == "value"
    assert set(answer) == {
        "upload", "state", "code", "message", "sheet", "tables", "rows", "accepted", "findings",
        "changes", "seconds",
    }  # fmt: skip


def test_upload_command_without_flag_submits_and_with_check_writes_nothing(
    run_command, workbook_path
):
    code, answer = run_upload_command(run_command, workbook_path(ledger_workbook(1)), "--check")
    assert (code, answer["state"], answer["upload"]) == (0, "checked", None)
    assert Upload.objects.count() == 0

    code, answer = run_upload_command(run_command, workbook_path(ledger_workbook(1)))
    assert (code, answer["state"]) == (0, "submitted")
    assert Donation.objects.count() == 0


def test_upload_command_with_errors_exits_1_with_cell_value_and_remedy(run_command, workbook_path):
    content = gift_workbook(("示例", "六万", "2021-08-01", "A"))

    code, answer = run_upload_command(run_command, workbook_path(content), "--approve")

    assert (code, answer["state"]) == (1, "has_errors")
    (finding,) = answer["findings"]
    assert (finding["cell"], finding["row"], finding["column"], finding["code"]) == (
        "B3", 3, "B", "amount.in_words",
    )  # fmt: skip
    assert finding["value"] == "六万"
    assert finding["suggestion"]


def test_upload_command_reports_a_missing_column_as_one_finding(run_command, workbook_path):
    content = write_xlsx([["到账日期", "金额"], ["2021-08-08", 1], ["2021-08-09", 2]])

    code, answer = run_upload_command(run_command, workbook_path(content), "--check")

    assert code == 1
    assert [(finding["code"], finding["count"]) for finding in answer["findings"]] == [
        ("column.missing", 1)
    ]
    assert answer["tables"][0]["sums"] == {"value": "3.00"}
    assert answer["rows"] == 2


@pytest.mark.parametrize("flag", [["--check"], ["--approve"], []])
def test_upload_command_with_unreadable_file_exits_2(run_command, workbook_path, flag):
    code, answer = run_upload_command(run_command, workbook_path(b"%PDF-1.4"), *flag)

    assert (code, answer["state"], answer["code"]) == (2, "unreadable", "file.not_a_workbook")


def test_upload_command_with_absent_file_exits_2(run_command, tmp_path):
    code, answer = run_upload_command(run_command, tmp_path / "没有.xlsx")

    assert (code, answer["code"]) == (2, "file.not_found")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"sheet": "no.sheet"}, "sheet.unknown"),
        ({"branch": "999999"}, "branch.unknown"),
        ({"period": "2021-13"}, "period.unknown"),
    ],
)
def test_upload_command_with_unknown_arguments_exits_3(run_command, workbook_path, more, code):
    exit_code, answer = run_upload_command(run_command, workbook_path(ledger_workbook(1)), **more)

    assert (exit_code, answer["state"], answer["code"]) == (3, "refused", code)
    assert Upload.objects.count() == 0


def test_upload_command_with_user_outside_the_subtree_or_unknown_exits_3(
    run_command, workbook_path, person
):
    from redcross.accounts.choices import Role

    stranger = person(Role.STATISTICIAN, "5303")

    assert (
        run_upload_command(
            run_command, workbook_path(ledger_workbook(1)), "--user", stranger.username
        )[0]
        == 3
    )
    assert (
        run_upload_command(run_command, workbook_path(ledger_workbook(1)), "--user", "nobody")[1][
            "code"
        ]
        == "user.unknown"
    )


def test_upload_command_with_duplicate_file_exits_3(run_command, workbook_path):
    path = workbook_path(ledger_workbook(1))
    run_upload_command(run_command, path, "--approve")

    code, answer = run_upload_command(run_command, path)

    assert (code, answer["code"]) == (3, "upload.duplicate")


def test_commands_with_wrong_usage_exit_64(run_command):
    assert run_command("upload")[0] == 64
    assert run_command("indicators", "--nonsense")[0] == 64


def test_undo_command_prints_its_result_and_exits_3_when_impossible(run_command, workbook_path):
    _, answer = run_upload_command(run_command, workbook_path(ledger_workbook(1, 2)), "--approve")

    assert run_command("undo", answer["upload"]) == (
        0, {"state": "undone", "restored": 0, "deleted": 2, "kept": []},
    )  # fmt: skip
    assert run_command("undo", answer["upload"])[0] == 3
    assert run_command("undo", 999999)[0] == 3


def test_indicators_command_prints_lines_and_verifies(run_command, workbook_path):
    run_upload_command(run_command, workbook_path(ledger_workbook(1, 2)), "--approve")

    code, lines = run_command(
        "indicators", "donations.raised", "--period", "2021", "--format", "json"
    )
    assert code == 0
    assert lines[0]["value"] == "3"
    assert set(lines[0]) == {
        "indicator", "label", "period", "branch", "level", "month", "breakdown", "category",
        "category_key", "value", "unit", "qualifier", "from", "missing",
            "hidden",
    }  # fmt: skip
    _, by_form = run_command(
        "indicators", "donations.raised", "--period", "2021-08", "--by", "form", "--format", "json"
    )
    assert [(line["category"], line["value"]) for line in by_form] == [("资金", "3")]
    _, by_branch = run_command(
        "indicators", "donations.raised", "--period", "2021", "--branch", "5301", "--by", "branch",
        "--format", "json",
    )  # fmt: skip
    assert by_branch[-1]["level"] == "own"
    assert run_command("indicators", "--verify")[0] == 0
    assert run_command("indicators", "no.such", "--period", "2021")[0] == 3
    assert run_command("indicators", "donations.raised", "--period", "20")[0] == 3


def test_template_command_workbook_filled_in_has_no_findings(run_command, tmp_path):
    path = tmp_path / "空表.xlsx"
    run_command("template", "donations.ledger", "-o", path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[3]}
    values = {"捐赠人": "示例公司", "金额（元）": 100, "到账日期": "2021-08-01", "渠道": "银行"}
    for heading, value in values.items():
        sheet.cell(4, columns[heading]).value = value
    book.save(path)

    code, answer = run_upload_command(run_command, path, "--check")

    assert (code, answer["findings"], answer["accepted"]) == (0, [], 1)
    assert run_command("template", "no.such", "-o", path)[0] == 3


def test_sheets_command_lists_sheets_with_columns(run_command):
    _, sheets = run_command("sheets", "--format", "json")

    ledger_sheet = next(sheet for sheet in sheets if sheet["key"] == "donations.ledger")
    assert set(ledger_sheet) == {"key", "title", "kind", "columns", "identity"}
    assert {"field", "heading", "aliases", "required", "unit"} == set(ledger_sheet["columns"][0])
