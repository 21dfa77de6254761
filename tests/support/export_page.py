"""Download of a password-protected file from its export page."""

from django.urls import reverse

from redcross.exports.models import Export
from redcross.files.passwords import decrypt_office_file

PASSWORD = "Abcdef-123456"  # noqa: S105


def download_with_password(page, answer, password=PASSWORD):
    """Download an export from its page with a password."""
    pk = Export.objects.latest("pk").pk
    assert answer.status_code == 302
    assert answer.url == reverse("export", kwargs={"pk": pk})
    return page.post(reverse("export-file", kwargs={"pk": pk}), {"password": password})


def read_protected_file(page, answer):
    """Return the decrypted content of an exported file."""
    return decrypt_office_file(download_with_password(page, answer).content, PASSWORD)
