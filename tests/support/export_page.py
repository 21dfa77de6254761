"""Taking a personal file along, as a person does on its page."""

from django.urls import reverse

from redcross.exports.models import Export
from redcross.files.passwords import decrypt_office_file

PASSWORD = "Abcdef-123456"  # noqa: S105


def download_with_password(page, answer, password=PASSWORD):
    """Follow a personal file to its page and ask for it there."""
    pk = Export.objects.latest("pk").pk
    assert answer.status_code == 302
    assert answer.url == reverse("export", kwargs={"pk": pk})
    return page.post(reverse("export-file", kwargs={"pk": pk}), {"password": password})


def read_protected_file(page, answer):
    """Return what lies under the password of a personal file."""
    return decrypt_office_file(download_with_password(page, answer).content, PASSWORD)
