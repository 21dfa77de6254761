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

ROOT = Path(__file__).parent.parent
WORK = ["donations", "training", "donors", "relief", "reform"]
STANDS_ON = {"relief": {"donations"}}  # a project may be paid from a fund
APPS = [*WORK, "redcross"]


def sources(*names):
    return [
        path
        for app in APPS
        for name in names
        for path in (ROOT / app).rglob(name)
        if "migrations" not in path.parts
    ]


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.parametrize("path", sources("models.py", "services.py"), ids=str)
def test_the_domain_does_not_know_http(path):
    modules = {
        node.module or ""
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
    }
    web = ("django.http", "django.shortcuts", "django.views", "django.forms")
    assert not [module for module in modules if module.startswith(web)]


RECORDS = {"Donation", "Giver", "CampaignResult", "Upload", "UploadFinding", "HeadingMemory"}


@pytest.mark.parametrize("path", sources("*views.py", "api.py", "admin.py"), ids=str)
def test_pages_only_read_what_the_user_may_see(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith(".objects"):
            model = ast.unparse(node.value).removesuffix(".objects")
            if model in RECORDS:
                assert node.attr == "visible_to", f"{path}:{node.lineno}"


@pytest.mark.parametrize("app", WORK)
def test_no_foreign_key_joins_two_domain_apps(app):
    targets = {
        field.related_model._meta.app_label
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model
    }
    assert not targets & (set(WORK) - {app} - STANDS_ON.get(app, set()))


@pytest.mark.django_db
def test_answers_carry_the_headers_that_protect_the_reader(client):
    response = client.get(reverse("login"))

    policy = response["Content-Security-Policy"]
    assert "script-src 'self';" in f"{policy};"
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response["Permissions-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.django_db
def test_records_pages_alone_let_their_shell_evaluate_expressions(person, signed_in):
    page = signed_in(person(Role.DESK, "53"))

    assert "'unsafe-eval'" in page.get(reverse("admin:index"))["Content-Security-Policy"]
    assert "unsafe" not in page.get(reverse("home"))["Content-Security-Policy"]
    assert "unsafe" not in page.get("/nowhere/")["Content-Security-Policy"]


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=str)
def test_templates_hold_no_inline_script_or_style(path):
    text = path.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>|\sstyle=|\son[a-z]+=", text)


@pytest.mark.django_db
def test_machines_hear_that_it_lives_and_is_ready():
    assert Client().get("/health/").json() == {"status": "ok"}
    assert Client().get("/ready/").json() == {"status": "ok"}
