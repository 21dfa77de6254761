"""Fixtures for every test: branches, users, uploads, log output."""

import datetime as dt
import io
import json
import logging
import shutil

import pytest
from django.db import connection
from django.test import Client
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import blocking_manager_key

from redcross import logs
from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.services import ensure_service_accounts, grant_role
from redcross.branches.models import Branch
from redcross.branches.services import load_divisions
from tests.support import initial_rows

NOW = dt.datetime(2022, 2, 22, 9, tzinfo=dt.UTC)

# How long an example takes says more of a machine that does other work too than of the code.
hypothesis_settings.register_profile("portal", deadline=None)
hypothesis_settings.load_profile("portal")


def pytest_report_header():
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        return "没有 Chromium：浏览器测试将跳过。"
    return None


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Load the tree of branches once for all tests."""
    with django_db_blocker.unblock():
        name = str(connection.settings_dict["NAME"])
        assert name.startswith("test_"), "只有标了 django_db 的测试才有自己的数据库"
        # A database that is used again was left swept by the last run's tests that commit.
        initial_rows.restore_initial_rows()
        load_divisions()
        ensure_service_accounts()
        initial_rows.save_initial_rows()
        initial_rows.skip_post_migrate_on_flush()
    yield
    # Threads of a live server end after their pages: what they hold open would keep the
    # database from being dropped.
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )


@pytest.fixture(autouse=True)
def private_files(settings, tmp_path):
    """Store files in the test's own folder."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def branch(db):
    """Return a function that gets a branch by its code."""
    return lambda code: Branch.objects.get(code=code)


@pytest.fixture
def person(db):
    """Return a function that creates a user with one role at one branch."""

    def make(role: Role, code: str, **limits: str) -> User:
        count = User.objects.count()
        user = User.objects.create_user(
            f"user{count}", password="secret-1", display_name=f"示例{count}"
        )
        grant_role(user, role, Branch.objects.get(code=code), **limits)
        return user

    return make


@pytest.fixture
def clerk(person):
    return person(Role.STATISTICIAN, "5301")


@pytest.fixture
def reviewer(person):
    return person(Role.REVIEWER, "53")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """Restore the rows of a new portal after a test that commits."""
    result = yield
    marker = item.get_closest_marker("django_db")
    commits = "transactional_db" in item.fixturenames or (
        marker and marker.kwargs.get("transaction")
    )
    # After the last test its database is gone.
    if commits and nextitem is not None:
        with item.config.stash[blocking_manager_key].unblock():
            initial_rows.restore_initial_rows()
    return result


@pytest.fixture
def committed(transactional_db, now):
    """Return a function that commits an upload; every table is flushed afterwards."""
    from redcross.uploads.models import Upload

    initial_rows.restore_initial_rows()

    def make():
        return Upload.objects.create(
            branch=Branch.objects.get(code="53"),
            sheet="donations.ledger",
            first_month=dt.date(2021, 1, 1),
            last_month=dt.date(2021, 12, 1),
            mode="append",
            uploaded_by=User.objects.get(username="命令行（填报）"),
            created_at=now,
        )

    return make


@pytest.fixture
def pipeline(person, now):
    """Upload tables of any sheet as a clerk of the province, approved by a reviewer."""
    from tests.support.upload_pipeline import UploadPipeline

    return UploadPipeline(person, now)


@pytest.fixture
def signed_in():
    """Return a function that signs a user in."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def value(db):
    """Return a function that computes a figure of the province, or of a branch."""
    from redcross.indicators.declare.declaration import registry
    from redcross.indicators.disclosure.disclosure_control import FigureAudience
    from redcross.indicators.query.question import Question
    from redcross.indicators.query.resolve import answer_question
    from redcross.periods import Period

    def ask(key: str, period: str = "2021", code: str = "53", **more: object) -> object:
        question = Question(
            registry[key], Period.parse(period), Branch.objects.get(code=code), **more
        )
        return answer_question(question, reader=FigureAudience.RECORDS).value

    return ask


@pytest.fixture
def read_log():
    """Configure the portal's own logging; return a function that reads its output and JSON lines."""
    loggers = [logging.root, *map(logging.getLogger, logs.CONFIGURATION["loggers"])]
    configured = [(logger, logger.level, logger.handlers[:]) for logger in loggers]
    logs.configure(logs.CONFIGURATION)
    stream = io.StringIO()
    logging.root.handlers[0].setStream(stream)

    def read():
        text = stream.getvalue()
        return text, [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    yield read
    for logger, level, handlers in configured:
        logger.setLevel(level)
        logger.handlers[:] = handlers
