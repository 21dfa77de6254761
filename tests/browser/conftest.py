"""Chromium on the live server; an error in its console fails the test."""

import os
import shutil

import pytest

from redcross.accounts.choices import Role

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
WIDE, PHONE = {"width": 1366, "height": 768}, {"width": 360, "height": 740}


@pytest.fixture
def chromium():
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright runs an event loop here
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-quic"],
        )
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def people(committed, person):
    committed()
    return {
        "clerk": person(Role.STATISTICIAN, "5301"),
        "reviewer": person(Role.REVIEWER, "53"),
        "leader": person(Role.LEADER, "53"),
    }


@pytest.fixture
def visitor(chromium, live_server):
    """Open a page without signing in; errors in its console fail the test."""
    complaints = []

    def go(size=WIDE, scheme="light"):
        context = chromium.new_context(viewport=size, color_scheme=scheme, locale="zh-CN")
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on(
            "console",
            lambda message: (
                complaints.append(f"{message.text} {message.location['url']}")
                if message.type == "error"
                else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((live_server.url, "data:", "blob:"))
                else complaints.append(f"left the server: {request.url}")
            ),
        )
        return page

    yield go
    assert complaints == []


@pytest.fixture
def visit(visitor, live_server, people):
    """Open a page signed in as a user."""

    def go(who, size=WIDE, scheme="light"):
        page = visitor(size, scheme)
        page.goto(f"{live_server.url}/login/")
        page.fill("#id_username", people[who].username)
        page.fill("#id_password", "secret-1")
        page.click("#login-form button[type=submit]")
        page.wait_for_url(f"{live_server.url}/")
        return page

    return go
