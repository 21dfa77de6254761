"""The navigation by rights; empty groups are not shown.

An app adds its pages in `navigation.py`: NAVIGATION, a list of (group, label, URL name, roles
that may open the page).
"""

import functools
import importlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.module_loading import module_has_submodule

from redcross.accounts.choices import Domain, Role
from redcross.accounts.models import User
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import ENTRY_ROLES, READ_ROLES, REVIEW_ROLES, Rights, rights_of_user
from redcross.dashboards.boards import registry
from redcross.indicators.query.query_params import FIGURE_ROLES, last_selection
from redcross.people.rules import ACCOUNT_MANAGER_ROLES

Entry = tuple[str, str, str, Iterable[str]]
Link = tuple[str, str]
Group = tuple[str, tuple[Link, ...]]
OVERVIEW = "overview"
BOARD_ROLES = (*READ_ROLES, Role.LEADER)


@functools.cache
def _app_entries() -> list[Entry]:
    """Return the entries of the apps, in the order of installation."""
    entries: list[Entry] = []
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "navigation"):
            module = importlib.import_module(f"{config.name}.navigation")
            entries += getattr(module, "NAVIGATION", [])
    return entries


@functools.lru_cache(maxsize=1024)
def _visible_groups(rights: Rights, place: str) -> tuple[Group, ...]:
    """Return the groups with links; cached, as users with equal rights see the same."""
    groups = ((title, tuple(links)) for title, links in _iter_groups(rights, place))
    return tuple((title, links) for title, links in groups if links)


def render_menu(request: SignedInRequest) -> str:
    """Return the rendered navigation of a page: the links of its user, the current one marked."""
    rights, place = rights_of_user(request.user), last_selection(request)
    return _render_menu(rights, place, _current_link(request.path, _visible_groups(rights, place)))


def _current_link(path: str, groups: Iterable[Group]) -> str:
    """Return the link of the page at a path, or of the nearest page above it except home."""
    every = [(link, link.partition("?")[0]) for _, links in groups for _, link in links]
    # Of /uploads/ and /uploads/new/ the longer one matches /uploads/new/.
    return max(
        (link for link, at in every if path == at or (at != "/" and path.startswith(at))),
        key=len,
        default="",
    )


@functools.lru_cache(maxsize=1024)
def _render_menu(rights: Rights, place: str, here: str) -> str:
    return render_to_string(
        "app/_menu.html", {"groups": _visible_groups(rights, place), "here": here}
    )


def list_links(user: User) -> list[Link]:
    """Return every link in the navigation of a user."""
    return [link for _, links in _visible_groups(rights_of_user(user), "") for link in links]


def _iter_groups(rights: Rights, place: str) -> Iterator[tuple[str, Iterable[Link]]]:
    """Yield the groups; boards open with the branch and period in `place`."""
    sees_boards = rights.allow(BOARD_ROLES)
    yield "", [("首页", reverse("home")), *_board_links(OVERVIEW, place, sees=sees_boards)]
    yield "数据报送", _reporting_links(rights)
    for domain in Domain:
        yield str(domain.label), _domain_links(rights, domain, place, sees_boards=sees_boards)
    yield "通报与报告", [("通报与报告", reverse("reports"))] if sees_boards else []
    yield "系统", _system_links(rights, sees_boards=sees_boards)


def _system_links(rights: Rights, *, sees_boards: bool) -> Iterator[Link]:
    yield "我的导出", reverse("exports")
    if rights.allow(ACCOUNT_MANAGER_ROLES):
        yield "人员与账户", reverse("people")
    if rights.allow([Role.ADMINISTRATOR]):
        yield "机构与用户", reverse("admin:index")
    if rights.allow([Role.AUDITOR]):
        yield "访问日志", reverse("access-log")
    if sees_boards:
        yield "接口令牌", reverse("tokens")


def _board_links(key: str, place: str, *, sees: bool, title: str = "") -> list[Link]:
    if not sees or key not in registry:
        return []
    address = reverse("board", kwargs={"key": key})
    return [(title or registry[key].title, f"{address}?{place}" if place else address)]


def _reporting_links(rights: Rights) -> Iterator[Link]:
    entering = rights.allow(ENTRY_ROLES)
    if entering:
        yield "我要报送", reverse("upload-new")
    if rights.allow(READ_ROLES):
        yield "报送记录", reverse("uploads")
    if rights.allow((*REVIEW_ROLES, Role.FINANCE)):
        yield "待我审核", reverse("review")
    if rights.allow(READ_ROLES):
        yield "报送进度", reverse("progress")
        yield "免报", reverse("exemptions")
    if rights.allow((*READ_ROLES, Role.ADMINISTRATOR)):
        yield "锁定与解锁", reverse("locks")
    if entering:
        yield "空表下载", reverse("blanks")


def _domain_links(
    rights: Rights, domain: Domain, place: str, *, sees_boards: bool
) -> Iterator[Link]:
    yield from _board_links(domain.value, place, sees=sees_boards, title="看板")
    for group, label, name, roles in _app_entries():
        # Pages of figures are open to all who read figures, records only to roles of the domain.
        reach = "" if roles == FIGURE_ROLES else domain.value
        if group == domain.label and rights.allow(roles, reach):
            yield label, reverse(name)
    if rights.allow(READ_ROLES, domain.value):
        yield "记录", reverse("admin:app_list", kwargs={"app_label": domain.value})


def admin_navigation(request: SignedInRequest) -> list[dict[str, Any]]:
    """Return the same groups in the form of the record pages' sidebar."""
    rights = rights_of_user(request.user)
    groups = _visible_groups(rights, last_selection(request)) if rights.grants else ()
    here = _current_link(request.path, groups)
    return [
        {
            "title": title,
            "items": [
                {"title": label, "link": link, "active": link == here} for label, link in links
            ],
        }
        for title, links in groups
    ]
