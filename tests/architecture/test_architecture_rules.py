"""Rules of the house which no linter states."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from redcross.accounts.choices import Role

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


@pytest.mark.parametrize("path", source_files("models.py", "services.py"), ids=str)
def test_domain_modules_do_not_import_http(path):
    modules = {
        node.module or ""
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
    }
    web = ("django.http", "django.shortcuts", "django.views", "django.forms")
    assert not [module for module in modules if module.startswith(web)]


RECORDS = {"Donation", "Giver", "CampaignResult", "Upload", "UploadFinding", "HeadingMemory"}


@pytest.mark.parametrize("path", source_files("*views.py", "api.py", "admin.py"), ids=str)
def test_views_read_branch_owned_rows_through_visible_to(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith(".objects"):
            model = ast.unparse(node.value).removesuffix(".objects")
            if model in RECORDS:
                assert node.attr == "visible_to", f"{path}:{node.lineno}"


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
