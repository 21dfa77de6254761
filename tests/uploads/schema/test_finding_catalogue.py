"""The catalogue of findings has every code an import can give, and no other."""

import ast
from collections import Counter
from pathlib import Path

from redcross.uploads.schema.finding_catalogue import CODES

ROOT = Path(__file__).parents[3]
SOURCE_FILES = [
    *(ROOT / "redcross/uploads").rglob("*.py"),
    *(ROOT / "redcross/indicators").rglob("*.py"),
    *ROOT.glob("*/sheets/*.py"),
]


def codes_in_source(path):
    """Return the literals that the source passes as codes of findings, rules and parsed cells."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id not in ("ParsedCell", "Rule", "Finding", "finding", "severity_of"):
            continue
        named = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
        if node.func.id in ("finding", "severity_of"):
            named += node.args[:1]
        if node.func.id == "ParsedCell":
            named += node.args[1:2]
        yield from (
            name.value
            for name in named
            if isinstance(name, ast.Constant) and isinstance(name.value, str) and name.value
        )


def test_every_finding_code_in_the_source_is_in_the_catalogue():
    codes = {code for path in SOURCE_FILES for code in codes_in_source(path)}

    assert len(codes) > 70
    assert codes - set(CODES) == set()


def test_every_catalogue_code_is_used_in_the_source():
    catalogue = ROOT / "redcross/uploads/schema/finding_catalogue.py"
    written = {
        node.value
        for app in ("redcross", "donations", "training", "donors", "relief", "reform")
        for path in (ROOT / app).rglob("*.py")
        if path != catalogue
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert set(CODES) - written == set()


def test_every_catalogue_code_has_unique_number_and_texts():
    numbers = Counter(code.number for code in CODES.values())

    assert [number for number, times in numbers.items() if times > 1] == []
    assert all(code.title and code.meaning and code.remedy for code in CODES.values())
