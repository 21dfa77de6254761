"""The navigation by right: groups without an item are not shown."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import ENTERING, READING, REVIEWING, holds
from redcross.dashboards.boards import registry


def groups(request: SignedInRequest) -> list[dict[str, Any]]:
    """Return the groups of links this person can use."""
    user: User | AnonymousUser = request.user
    if not user.is_authenticated:
        return []
    entering = holds(user, ENTERING)
    reviewing = holds(user, (*REVIEWING, Role.FINANCE))
    reading = holds(user, READING)
    found = [
        {"title": "", "items": [("首页", reverse("home"))]},
        {
            "title": "看板",
            "items": [
                (board.title, reverse("board", kwargs={"key": board.key}))
                for board in sorted(registry.values(), key=lambda each: each.key != "overview")
            ]
            if reading or holds(user, [Role.LEADER])
            else [],
        },
        {
            "title": "数据报送",
            "items": [
                *([("我要报送", reverse("upload-new"))] if entering else []),
                *([("报送记录", reverse("uploads"))] if reading else []),
                *([("待我审核", reverse("review"))] if reviewing else []),
                *([("空表下载", reverse("blanks"))] if entering else []),
            ],
        },
        {
            "title": "业务记录",
            "items": [("捐赠款物与档案", reverse("admin:index"))] if reading else [],
        },
        {
            "title": "系统",
            "items": [("机构与用户", reverse("admin:index"))]
            if holds(user, [Role.ADMINISTRATOR])
            else [],
        },
    ]
    links = [link for group in found for _, link in group["items"]]
    # Of /uploads/ and /uploads/new/ the longer is the page one is on.
    here = max((link for link in links if request.path.startswith(link)), key=len, default="")
    return [
        {
            "title": group["title"],
            "items": [
                {"title": title, "link": link, "here": link == here}
                for title, link in group["items"]
            ],
        }
        for group in found
        if group["items"]
    ]


def navigation(request: SignedInRequest) -> list[dict[str, Any]]:
    """Return the same groups as the record pages' shell wants them."""
    return [
        {
            "title": group["title"],
            "items": [{"title": item["title"], "link": item["link"]} for item in group["items"]],
        }
        for group in groups(request)
    ]
