"""Findings are stored with a format number, and those of earlier formats are still read."""

import json

import pytest

from redcross.uploads.choices import Severity
from redcross.uploads.schema.findings import Finding, findings_from_json, findings_to_json

OF_A_CELL = Finding(
    "明细", 12, "C", "value", "amount.unreadable", Severity.ERROR, "不是数字", "请改正。", "六万"
)
OF_A_TABLE = Finding("明细", None, None, None, "heading.missing", Severity.WARNING, "没有找到表头")


@pytest.mark.parametrize("finding", [OF_A_CELL, OF_A_TABLE])
def test_stored_finding_is_read_back_equal(finding):
    stored = json.loads(json.dumps(findings_to_json([finding])))

    (again,) = findings_from_json(stored)

    assert again == finding
    assert isinstance(again.severity, Severity)


def test_stored_findings_name_their_format_and_leave_empty_values_out():
    assert findings_to_json([OF_A_TABLE]) == {
        "format": 2,
        "findings": [
            {
                "worksheet": "明细",
                "code": "heading.missing",
                "severity": "warning",
                "message": "没有找到表头",
            }
        ],
    }


def test_findings_of_the_first_format_are_read():
    stored = [["明细", 12, "C", "amount.unreadable", "error", "不是数字", "请改正。"]]

    (finding,) = findings_from_json(stored)

    assert (finding.cell, finding.severity, finding.message) == ("C12", Severity.ERROR, "不是数字")
    assert (finding.field, finding.value) == (None, "")


def test_finding_of_a_single_cell_has_its_address():
    assert (OF_A_CELL.cell, OF_A_TABLE.cell) == ("C12", None)
