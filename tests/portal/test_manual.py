"""The staff manual inside the portal: one page a role, its pictures and its links."""

import re

import pytest
from django.urls import reverse

from redcross.accounts.choices import Role
from redcross.portal import manual

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", manual.PAGES)
def test_manual_page_opens_with_pictures_and_links_that_exist(page, signed_in, clerk):
    client = signed_in(clerk)

    text = client.get(reverse("manual", kwargs={"page": page})).content.decode()

    assert f"<h1>{manual.PAGES[page]}" in text.replace("安全", "")
    body = text[text.index('class="paper') :]
    targets = re.findall(r'(?:src|href)="([^"]+)"', body)
    assert targets
    assert [target for target in targets if client.get(target).status_code != 200] == []


def test_manual_file_of_every_page_has_an_address():
    files = {path.stem for path in manual.FOLDER.glob("*.md")} - {"README"}

    assert files == set(manual.PAGES.values())


def test_manual_picture_of_every_file_is_used_once_or_more():
    used = {
        name
        for path in manual.FOLDER.glob("*.md")
        for name in re.findall(r"图/([\w-]+)\.png", path.read_text())
    }

    assert {path.stem for path in manual.PICTURES.glob("*.png")} == used


@pytest.mark.parametrize(
    ("role", "page"),
    [(Role.LEADER, "leader"), (Role.AUDITOR, "auditor"), (Role.STOREKEEPER, "statistician")],
)
def test_manual_without_a_page_opens_that_of_the_readers_role(role, page, signed_in, person):
    answer = signed_in(person(role, "53")).get(reverse("manual-own"))

    assert answer.context["page"] == page


def test_manual_of_an_unknown_page_or_picture_is_not_found(signed_in, clerk):
    client = signed_in(clerk)

    assert client.get(reverse("manual", kwargs={"page": "nobody"})).status_code == 404
    assert client.get(reverse("manual-picture", kwargs={"name": "nothing"})).status_code == 404


def test_manual_is_closed_to_strangers(client):
    assert client.get(reverse("manual-own")).status_code == 302
