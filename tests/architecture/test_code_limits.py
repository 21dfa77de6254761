"""Limits on size and names which hold for every file, and which no linter states.

`UNFINISHED` lists the folders that may still break a rule. It shrinks and is empty in the end.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
DOMAIN_APPS = ("donations", "training", "donors", "relief", "reform")
PACKAGES = ("redcross", *DOMAIN_APPS, "tools")

MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_MODULES = 14
MAX_MODULES_OF_DOMAIN_APP = 18
MAX_TEMPLATE_LINE = 160

BANNED_NAMES = frozenset({
    "asked", "each", "found", "given", "handed", "held", "kept", "laid", "meant", "owed", "said",
    "settled", "told",
})  # fmt: skip
BANNED_MODULES = BANNED_NAMES | {
    "above", "akin", "asking", "behind", "below", "beneath", "beside", "doubts", "excerpts",
    "marks", "otherwise", "parcels", "telling", "turning", "wording",
}  # fmt: skip
STATE_COMPARISON = re.compile(r"\b(?:state|status|standing)\b\s*(?:==|!=|in\b|not in\b)")
REASON = re.compile(r"# noqa: (?:F401, )?PLC0415  \S+")

UNFINISHED: dict[str, tuple[str, ...]] = {}


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def is_unfinished(rule: str, path: Path) -> bool:
    name = path.relative_to(ROOT).as_posix()
    return any(name.startswith(folder) for folder in UNFINISHED.get(rule, ()))


def checked(rule: str, *folders: str) -> list[Path]:
    return [path for path in python_files(*folders) if not is_unfinished(rule, path)]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def defined_names(path: Path) -> Iterator[tuple[str, int]]:
    """Yield every name a module gives: functions, classes, arguments, variables, attributes."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, node.lineno
            case ast.arg():
                yield node.arg, node.lineno
            case ast.Name(ctx=ast.Store()):
                yield node.id, node.lineno
            case ast.Attribute(ctx=ast.Store()):
                yield node.attr, node.lineno
            case (
                ast.ExceptHandler(name=str()) | ast.MatchAs(name=str()) | ast.MatchStar(name=str())
            ):
                yield str(node.name), node.lineno
            case ast.alias(asname=str()):
                yield str(node.asname), node.lineno


def test_module_has_at_most_400_lines():
    long = [
        f"{path.relative_to(ROOT)}: {lines}"
        for path in checked("module length", *PACKAGES)
        if (lines := len(path.read_text().splitlines())) > MAX_MODULE_LINES
    ]
    assert not long


def test_function_has_at_most_60_lines():
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in checked("function length", *PACKAGES)
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION_LINES
    ]
    assert not long


def test_folder_has_at_most_14_modules():
    folders = {path.parent for path in checked("folder size", *PACKAGES)}
    full = []
    for folder in sorted(folders):
        if folder.parts[-2:] == ("management", "commands"):
            continue
        count = sum(path.name != "__init__.py" for path in folder.glob("*.py"))
        is_domain_app = folder.relative_to(ROOT).as_posix() in DOMAIN_APPS
        if count > (MAX_MODULES_OF_DOMAIN_APP if is_domain_app else MAX_MODULES):
            full.append(f"{folder.relative_to(ROOT)}: {count}")
    assert not full


def test_names_are_nouns_or_verbs_with_an_object():
    banned = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in checked("names", *PACKAGES, "tests")
        for name, line in defined_names(path)
        if name.strip("_").lower() in BANNED_NAMES
    ]
    assert not banned


def test_module_names_say_what_lives_there():
    banned = [
        str(path.relative_to(ROOT))
        for path in checked("module names", *PACKAGES)
        if path.stem in BANNED_MODULES or path.parent.name in BANNED_MODULES
    ]
    assert not banned


def test_late_import_states_its_reason():
    silent = []
    for path in checked("late imports", *PACKAGES):
        lines = path.read_text().splitlines()
        silent += [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for function in functions(path)
            for node in ast.walk(function)
            if isinstance(node, ast.Import | ast.ImportFrom)
            if not REASON.search(lines[node.lineno - 1])
        ]
    assert not silent


def templates(rule: str) -> list[Path]:
    files = sorted((ROOT / "templates").rglob("*.html"))
    return [path for path in files if not is_unfinished(rule, path)]


def test_template_line_has_at_most_160_characters():
    long = [
        f"{path.relative_to(ROOT)}:{number} {len(line)}"
        for path in templates("template lines")
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > MAX_TEMPLATE_LINE
    ]
    assert not long


def test_template_compares_no_states():
    """A property of the value or a rule decides; a template only arranges."""
    comparisons = [
        f"{path.relative_to(ROOT)}: {tag}"
        for path in templates("template states")
        for tag in re.findall(r"{%.*?%}", path.read_text())
        if STATE_COMPARISON.search(tag)
    ]
    assert not comparisons


def test_modules_import_each_other_in_no_circle():
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True)
    circles = [
        f"{importer} ↔ {imported}"
        for importer in sorted(graph.modules)
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
        if graph.chain_exists(importer=imported, imported=importer)
    ]
    assert not circles


def test_every_app_has_a_contract_for_its_imports():
    """`lint-imports` holds the contracts; here every app must have one."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    containers = {
        name for contract in settings["contracts"] for name in contract.get("containers", ())
    }
    packages = {
        f"redcross.{path.parent.name}"
        for path in (ROOT / "redcross").glob("*/__init__.py")
        if any(module.name != "__init__.py" for module in path.parent.rglob("*.py"))
    }
    assert {*packages, *DOMAIN_APPS} - containers - {"redcross.formats"} == set()


@pytest.mark.parametrize("rule", sorted(UNFINISHED))
def test_list_of_unfinished_folders_names_existing_folders(rule):
    assert [name for name in UNFINISHED[rule] if not (ROOT / name).exists()] == []
