"""Taking a personal file along, as a person does on its page."""

from django.urls import reverse

from redcross.exports.models import Export
from redcross.files.passwords import unlocked

PASSWORD = "Abcdef-123456"  # noqa: S105


def taken(page, answer, password=PASSWORD):
    """Follow a personal file to its page and ask for it there."""
    pk = Export.objects.latest("pk").pk
    assert answer.status_code == 302
    assert answer.url == reverse("export", kwargs={"pk": pk})
    return page.post(reverse("export-file", kwargs={"pk": pk}), {"password": password})


def read(page, answer):
    """Return what lies under the password of a personal file."""
    return unlocked(taken(page, answer).content, PASSWORD)
