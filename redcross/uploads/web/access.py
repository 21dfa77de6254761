"""What every page of an upload asks first: which upload, and whether this person enters data."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from redcross.accounts.requests import SignedInRequest
from redcross.uploads import rules
from redcross.uploads.models import Upload


def get_visible_upload(request: SignedInRequest, pk: int) -> Upload:
    """Return an upload the person may see, its branch noted for the access log; else 404."""
    uploads = Upload.objects.visible_to(request.user).select_related(
        "branch__parent", "uploaded_by", "reviewed_by", "approved_by"
    )
    upload = get_object_or_404(uploads, pk=pk)
    request.seen_branch = upload.branch.code
    return upload


def require_entering_role(request: SignedInRequest) -> None:
    """Raise PermissionDenied for a form sent by somebody who enters no data.

    Reading the same page he finds a sentence that says so.
    """
    if not rules.has_entering_role(request.user):
        raise PermissionDenied
