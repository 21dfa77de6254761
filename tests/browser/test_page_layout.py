"""Layout in Chromium: accessibility by axe-core, width of the screen, printing, and no request to
another server; style sheets that the browser of a county office understands.
"""

import datetime as dt
import re
from http import HTTPStatus
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from donations.models import Donation
from redcross.accounts.choices import Domain, Role
from redcross.branches.models import Branch
from tests.browser.conftest import CHROMIUM, PHONE, WIDE
from tests.support.gift_ledger import create_effective_upload, ledger_workbook

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="没有 Chromium，跳过浏览器测试"),
    pytest.mark.skipif(not AXE.exists(), reason="没有 axe-core，跳过可访问性测试"),
    pytest.mark.django_db(transaction=True),
]
# Files, machines' pages, what is no page of ours, and what administrators alone open.
NO_PAGES = re.compile(
    r"^(login|logout|health|ready|metrics|parcels-pulse|disclosure|progress-export|api-|schema|docs|confirmations)"
)
UNKNOWN_TO_CHROMIUM_109 = re.compile(r"oklch\(|color-mix\(|@layer")
SERIOUS_VIOLATIONS_SCRIPT = """
axe.run().then((found) => found.violations
  .filter((each) => ["serious", "critical"].includes(each.impact))
  .map((each) => `${each.id}: ${each.nodes[0].html}`))
"""


def pages():
    """Yield the address of every page that needs no argument."""
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLResolver) and str(pattern.pattern) in {"records/", "api/v1/"}:
            continue
        parts = pattern.url_patterns if isinstance(pattern, URLResolver) else [pattern]
        for pattern_ in parts:
            if (
                isinstance(pattern_, URLPattern)
                and pattern_.name
                and not NO_PAGES.match(pattern_.name)
                and not pattern_.pattern.regex.groups
            ):
                yield reverse(pattern_.name)


@pytest.fixture
def upload(people, person, now):
    """An effective upload, so that pages have rows to show."""
    return create_effective_upload(
        people["clerk"], people["reviewer"], Branch.objects.get(code="5301"), ledger_workbook(60000, 40000),
        now=now,
    )  # fmt: skip


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["1366 light", "360 dark"]
)
def test_every_page_is_accessible_and_fits_the_screen(
    visit, people, upload, live_server, size, scheme, person, signed_in
):
    people["all"] = person(Role.REVIEWER, "53")
    for role in (Role.STATISTICIAN, Role.OFFICE, Role.LEADER, Role.AUDITOR):
        from redcross.accounts.services import grant_role

        grant_role(people["all"], role, Branch.objects.get(code="53"))
    page = visit("all", size, scheme)
    styles = set()
    page.on(
        "response",
        lambda answer: styles.add(answer.url) if answer.url.endswith(".css") else None,
    )
    at = {"branch": "53", "period": "2021-08"}
    addresses = [
        *pages(),
        *(
            reverse("board", kwargs={"key": key}) + "?branch=53&period=2021-08"
            for key in ("overview", "donations")
        ),
        reverse("figure", kwargs={"key": "donations.raised"})
        + f"?branch={at['branch']}&period=2021-08",
        reverse("upload", kwargs={"pk": upload.pk}),
        reverse("upload-paper", kwargs={"pk": upload.pk}),
        reverse("fund", kwargs={"code": "dianmiao"}),
        reverse("campaign", kwargs={"code": "99-2021"}),
        reverse("event", kwargs={"code": "yangbi-2021"}),
        reverse("help", kwargs={"page": "upload"}),
        reverse("code", kwargs={"key": "all"}),
        reverse("admin:donations_donation_changelist"),
    ]
    problems = {}

    asking = signed_in(people["all"])
    for address in addresses:
        if asking.get(address).status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            continue
        answer = page.goto(f"{live_server.url}{address}")
        page.evaluate(AXE.read_text())
        violations = page.evaluate(SERIOUS_VIOLATIONS_SCRIPT)
        if answer.status != 200:
            violations.append(f"status {answer.status}")
        if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
            violations.append("wider than the screen")
        if violations:
            problems[address] = violations

    assert len(addresses) > 30
    assert problems == {}
    assert styles
    for style in styles:
        assert not UNKNOWN_TO_CHROMIUM_109.search(page.request.get(style).text()), style


def test_map_chart_is_drawn_once_it_has_room(visit, upload, live_server):
    page = visit("leader")
    address = reverse("board", kwargs={"key": "overview"}) + "?branch=53&period=2021-08"
    page.set_viewport_size({"width": 1, "height": 700})
    page.goto(f"{live_server.url}{address}", wait_until="networkidle")

    page.set_viewport_size(WIDE)
    page.wait_for_selector("[data-chart=map] svg")
    page.set_viewport_size({"width": 1, "height": 700})
    page.set_viewport_size(WIDE)

    # `visit` fails where the console has an error.
    page.wait_for_function("document.querySelectorAll('[data-chart=map] svg path').length > 10")


def test_due_sheet_links_fit_a_phone_screen(visit, people, settings):
    settings.BUSINESS_DATE = dt.date(2022, 2, 22)
    page = visit("clerk", PHONE)

    links = page.locator("a:has-text('去报送')").all()

    assert links
    for link in links:
        place = link.bounding_box()
        assert place["x"] + place["width"] <= PHONE["width"]
        assert place["height"] < 30  # on one line


def test_wall_screen_fits_without_scrolling(visit, upload, live_server):
    page = visit("leader", {"width": 1920, "height": 1080})

    page.goto(f"{live_server.url}{reverse('screen')}?branch=53&period=2021-08")
    page.wait_for_selector("[data-chart=map] svg path")

    assert page.evaluate("document.documentElement.scrollHeight") == 1080
    assert page.locator("[data-chart=map] svg").bounding_box()["height"] > 200


def test_record_form_fits_a_phone_screen(visit, people, person, upload, live_server):
    people["desk"] = person(Role.DESK, "53", domain=Domain.DONATIONS)
    page = visit("desk", PHONE)
    address = reverse("admin:donations_donation_change", args=[Donation.objects.first().pk])

    page.goto(f"{live_server.url}{address}")

    assert page.locator(".related-lookup").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_short_page_prints_on_one_sheet(visit, upload, live_server, settings):
    settings.DEMO = True  # its notice stands above the frame
    page = visit("leader")
    page.goto(f"{live_server.url}{reverse('exports')}")

    paper = page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type /Page\b", paper)) == 1
