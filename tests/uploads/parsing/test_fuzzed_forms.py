"""Randomly damaged forms: what is read equals what was meant, or has a finding."""

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest

from redcross.periods import Period
from redcross.uploads.choices import Severity
from redcross.uploads.parsing.parse import parse_workbook
from redcross.uploads.preparing.import_setup import prepare_setup
from redcross.uploads.registry import registry
from reform.sheets.answers import parse_answer
from tests.uploads.support.form_columns import FORMS
from tests.uploads.support.ledger_spec import open_in_process
from tests.uploads.support.workbook_fuzzer import generate_workbook

pytestmark = pytest.mark.django_db
VARIANTS = range(5)


def is_same_value(read_value, true_value):
    """Return whether a cell equals the true value; blanks within a text are ignored."""
    if true_value in (None, ""):
        return read_value in (None, "")
    if isinstance(true_value, int | Decimal) and not isinstance(true_value, bool):
        return read_value is not None and Decimal(str(read_value)) == true_value
    if isinstance(true_value, dt.date | bool):
        return read_value == true_value
    return "".join(str(read_value).split()) == "".join(true_value.split())


def display_value(value, field, context, sheet):
    """Return a cell as the true row holds it: branches, choices and answers by their label."""
    if value is None:
        return None
    if field.name == "branch":
        return context.branch_labels[value]
    if sheet == "reform.governance" and field.none_is_answer:
        return str(parse_answer(value))
    return value


def compare_with_truth(form, seed, branch, now, folder):
    """Return counts of cells read right, with a finding, or silently wrong, and the cells not right."""
    produced = generate_workbook(form, seed)
    setting = prepare_setup(registry[form.sheet], branch, Period.parse(produced.period), now=now)
    path = folder / f"{form.number}-{seed}-{produced.name}"
    path.write_bytes(produced.content)
    reading = parse_workbook(open_in_process(path), setting.spec, setting.context)
    findings = {
        (finding.row, finding.field): finding
        for finding in reading.findings
        if finding.row is not None
    }
    fields = {field.name: field for field in setting.spec.fields}
    matches, wrong = Counter(), []
    assert reading.frame.height == len(produced.truth), (form.number, seed, produced.dirt)
    for row, truth in zip(reading.frame.to_dicts(), produced.truth, strict=True):
        for name, true_value in truth.items():
            if name not in fields:
                continue
            field, value = fields[name], row.get(name)
            key = field.choices.get(true_value, true_value) if field.choices else true_value
            shown = display_value(value, field, setting.context, form.sheet)
            right = is_same_value(shown, true_value) or is_same_value(shown, key)
            finding = findings.get((row["row"], name))
            kind = "right" if right else "told" if finding else "silent"
            matches[kind] += 1
            if kind != "right" or (finding and finding.severity is not Severity.NOTICE):
                wrong.append((seed, row["row"], name, true_value, value, produced.dirt))
            if right and finding and finding.severity is Severity.ERROR:
                matches["wrong error"] += 1
            if right and finding and finding.severity is Severity.WARNING:
                matches["wrong warning"] += 1
    return matches, wrong


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"form-{form.number}")
def test_fuzzed_form_is_parsed_without_silent_errors(form, branch, now, tmp_path):
    results = [compare_with_truth(form, seed, branch("5301"), now, tmp_path) for seed in VARIANTS]

    matches = sum((count for count, _ in results), Counter())
    wrong = [line for _, lines in results for line in lines]
    assert matches["silent"] == 0, wrong
    assert matches["wrong error"] == 0, wrong
    assert matches["wrong warning"] <= 5, wrong
    assert matches["right"] >= 0.98 * (matches["right"] + matches["told"]), wrong
