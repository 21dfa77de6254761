"""Uploads of a small table of any sheet, up to any state."""

from redcross.accounts.choices import Role
from redcross.branches.models import Branch
from redcross.uploads.models import Upload
from redcross.uploads.workflow import apply, services
from tests.support.gift_ledger import create_checked_upload, create_effective_upload
from tests.support.workbooks import write_xlsx


class UploadPipeline:
    """A clerk and a reviewer of the province, and their uploads."""

    def __init__(self, person, now):
        self.clerk = person(Role.STATISTICIAN, "53")
        self.reviewer = person(Role.REVIEWER, "53")
        self.now = now
        self._number = 0

    def table(self, headings, *rows):
        self._number += 1
        return write_xlsx([headings.split(), *rows], name=f"表{self._number}")

    def checked(self, sheet, headings, *rows, code="5301", period="2021-08", **more):
        """Return an upload as its check left it."""
        content = self.table(headings, *rows)
        branch = Branch.objects.get(code=code)
        return create_checked_upload(
            self.clerk, branch, content, now=self.now, sheet=sheet, period=period, **more
        )

    def effective(self, sheet, headings, *rows, code="5301", period="2021-08", **more) -> Upload:
        """Return an upload that has become effective."""
        content = self.table(headings, *rows)
        branch = Branch.objects.get(code=code)
        return create_effective_upload(
            self.clerk,
            self.reviewer,
            branch,
            content,
            now=self.now,
            sheet=sheet,
            period=period,
            **more,
        )

    def file(self, file) -> Upload:
        """Return the upload of a demonstration workbook, effective."""
        return create_effective_upload(
            self.clerk,
            self.reviewer,
            Branch.objects.get(code=file.branch),
            file.build(),
            now=self.now,
            sheet=file.sheet,
            period=file.period,
        )

    def approve(self, upload):
        """Submit what has been checked, approve it, and let it take effect."""
        services.submit(upload.pk, user=self.clerk, now=self.now, note="说明")
        services.approve(upload.pk, user=self.reviewer, now=self.now)
        return apply.apply_upload(upload.pk, now=self.now)

    def messages(self, upload):
        """Return the messages of an upload's findings."""
        return [finding.message for finding in upload.findings.all()]
