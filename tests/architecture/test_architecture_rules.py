"""Rules of the architecture which no linter states."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from redcross.accounts.choices import Role
from redcross.accounts.models import Visible

ROOT = Path(__file__).parents[2]
DOMAIN_APPS = ["donations", "training", "donors", "relief", "reform"]
ALLOWED_RELATIONS = {"relief": {"donations"}}  # a project may be paid from a fund
APPS = [*DOMAIN_APPS, "redcross"]


def source_files(*names):
    return [
        path
        for app in APPS
        for name in names
        for path in (ROOT / app).rglob(name)
        if "migrations" not in path.parts
    ]


@pytest.mark.django_db
def test_models_match_migrations():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.parametrize("path", source_files("models.py", "models/*.py", "services.py"), ids=str)
def test_domain_modules_do_not_import_http(path):
    modules = {
        node.module or ""
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
    }
    web = ("django.http", "django.shortcuts", "django.views", "django.forms")
    assert not [module for module in modules if module.startswith(web)]


EDGES = re.compile(
    r"(^|_)(views|api|admin|exports|reports|boards|panels|worklists|forms|search_sources)$"
)
"""Names of the modules where people, programs and printed pages meet rows."""
EDGE_FOLDERS = {"redcross/api", "redcross/dashboards", "redcross/exports", "redcross/reports"}
BY_BRANCH = {"exports", "reports", "worklists", "compose", "branch_tables"}
"""Edges that are asked for branches, by who checked that the reader may: views and the desk."""
BRANCH_LOOKUPS = {"branch", "branch_id__in", "branch__code__startswith"}


def is_edge(path):
    folder = path.relative_to(ROOT).parent.as_posix()
    return (
        EDGES.search(path.stem) is not None
        or "web" in path.parts
        or any(folder.startswith(edge) for edge in EDGE_FOLDERS)
    )


def branch_owned_classes():
    return {model.__name__ for model in apps.get_models() if issubclass(model, Visible)}


def unguarded_reads(source, owned, *, by_branch=False):
    """Return the lines that read a branch-owned class otherwise than by `visible_to`.

    Where `by_branch`, a first filter by branch is as good. Imports under another name count.
    """
    tree = ast.parse(source)
    owned = owned | {
        alias.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname and alias.name in owned
    }
    calls = {node.func: node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    used = {node.value: node for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    unguarded = []
    for manager in used.values():
        name = ast.unparse(manager.value).rpartition(".")[2]
        if manager.attr not in {"objects", "_default_manager"} or name not in owned:
            continue
        method = used.get(manager)
        call = calls.get(method)
        lookups = {keyword.arg for keyword in call.keywords} if call else set()
        if method is not None and (
            method.attr in {"visible_to", "none"}
            or (by_branch and method.attr == "filter" and lookups & BRANCH_LOOKUPS)
        ):
            continue
        unguarded.append(manager.lineno)
    return unguarded


@pytest.mark.parametrize("path", [path for path in source_files("*.py") if is_edge(path)], ids=str)
def test_edges_read_branch_owned_rows_through_visible_to(path):
    owned = branch_owned_classes()

    assert len(owned) > 60
    assert unguarded_reads(path.read_text(), owned, by_branch=path.stem in BY_BRANCH) == []


@pytest.mark.parametrize(
    ("source", "by_branch", "lines"),
    [
        ("Upload.objects.visible_to(user).get(pk=1)", False, []),
        ("Upload.objects.get(pk=1)", False, [1]),
        ("models.Trainee.objects.all()", False, [1]),
        ("x = 1\nrows = Upload.objects", False, [2]),
        ("from donors.models import Coordinator as Person\nPerson.objects.all()", False, [2]),
        ("Upload.objects.filter(branch=branch)", False, [1]),
        ("Upload.objects.filter(branch=branch)", True, []),
        ("Upload.objects.filter(state=state)", True, [1]),
        ("Upload.objects.exclude(branch=branch)", True, [1]),
        ("Branch.objects.all()", False, []),
    ],
)
def test_unguarded_read_is_found_in_source(source, by_branch, lines):
    assert unguarded_reads(source, branch_owned_classes(), by_branch=by_branch) == lines


@pytest.mark.parametrize("app", DOMAIN_APPS)
def test_domain_apps_have_no_foreign_keys_to_each_other(app):
    targets = {
        field.related_model._meta.app_label
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model
    }
    assert not targets & (set(DOMAIN_APPS) - {app} - ALLOWED_RELATIONS.get(app, set()))


@pytest.mark.django_db
def test_responses_carry_security_headers(client):
    response = client.get(reverse("login"))

    policy = response["Content-Security-Policy"]
    assert "script-src 'self';" in f"{policy};"
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response["Permissions-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.django_db
def test_unsafe_eval_is_allowed_on_record_pages_only(person, signed_in):
    page = signed_in(person(Role.DESK, "53"))

    assert "'unsafe-eval'" in page.get(reverse("admin:index"))["Content-Security-Policy"]
    assert "unsafe" not in page.get(reverse("home"))["Content-Security-Policy"]
    assert "unsafe" not in page.get("/nowhere/")["Content-Security-Policy"]


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=str)
def test_templates_contain_no_inline_script_or_style(path):
    text = path.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>|\sstyle=|\son[a-z]+=", text)


@pytest.mark.django_db
def test_health_and_readiness_pages_answer():
    assert Client().get("/health/").json() == {"status": "ok"}
    assert Client().get("/ready/").json() == {"status": "ok"}
