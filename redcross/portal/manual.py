"""The staff manual of docs/使用手册, one page per role, shown inside the portal."""

import functools
import re
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from markdown_it import MarkdownIt

from redcross.accounts.choices import Role

FOLDER = Path(settings.BASE_DIR) / "docs" / "使用手册"
PICTURES = FOLDER / "图"
PAGES = {
    "statistician": "统计员",
    "reviewer": "审核员",
    "desk": "业务主管",
    "office": "办公室",
    "leader": "领导",
    "coordinator": "协调员",
    "auditor": "审计员",
    "administrator": "系统管理员",
}
"""Address of a page → name of its file, without the extension."""
_PAGE_BY_ROLE = {
    Role.STATISTICIAN: "statistician",
    Role.STOREKEEPER: "statistician",
    Role.REVIEWER: "reviewer",
    Role.FINANCE: "reviewer",
    Role.DESK: "desk",
    Role.OFFICE: "office",
    Role.LEADER: "leader",
    Role.SUPERVISOR: "leader",
    Role.ORGAN_COORDINATOR: "coordinator",
    Role.STEM_CELL_STAFF: "coordinator",
    Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "administrator",
}
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")


def page_for_role(role: str) -> str:
    """Return the address of the page for a role; the statistician's if it has none."""
    return _PAGE_BY_ROLE.get(Role(role), "statistician")


@functools.lru_cache(maxsize=len(PAGES))
def render_page(page: str) -> str:
    """Return a page of the manual as HTML; raise KeyError for an unknown page.

    Pictures and links to other pages lead to addresses of the portal; a link to a document
    that the portal does not show becomes plain text.
    """
    text = (FOLDER / f"{PAGES[page]}.md").read_text()
    # Raw HTML in the text stays text: the manual is Markdown only.
    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render(_link_inside(text)))


def _link_inside(text: str) -> str:
    """Rewrite the relative links of a page to addresses of the portal."""
    by_file = {f"{name}.md": page for page, name in PAGES.items()}

    def rewrite(match: re.Match[str]) -> str:
        target = match["target"]
        if target.startswith("图/"):
            name = Path(target).stem
            return f"]({reverse('manual-picture', kwargs={'name': name})})"
        if target in by_file:
            return f"]({reverse('manual', kwargs={'page': by_file[target]})})"
        return "]" if target.startswith("..") else match[0]

    return _LINK.sub(rewrite, text)
