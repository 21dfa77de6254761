"""With `visible_to` removed, row-level security alone hides rows of other branches on every page.

The pages are requested as a clerk of another branch, by the application's database role, over
committed rows.
"""

import pytest
from django.conf import settings
from django.db import connection

from redcross.accounts.choices import Role
from redcross.accounts.models import VisibleQuerySet
from redcross.branches.models import Branch
from redcross.portal.record_pages.site import site
from redcross.uploads.models import Upload, UploadFinding, UploadRemark
from tests.security.test_personal_data_exposure import addresses
from tests.support.gift_ledger import create_checked_upload, create_effective_upload
from tests.support.workbooks import write_xlsx

pytestmark = pytest.mark.django_db(transaction=True)
GIVER, CAMPUS, REMARK, FILE = "贡禹示例捐赠者", "昆明示例冠名", "请核对贡禹一行", "贡禹明细.xlsx"
# Why a table with a branch carries no policy.
SHARED_TABLES = {
    "accounts_roleassignment": "who may what is read before there is a scope",
    "branches_branchalias": "names of the tree",
    "branches_population": "reference data",
    "completeness_exemption": "a prefecture's reaches the counties below",
    "completeness_occasion": "one of the level above reaches those below",
    "indicators_figurenote": "figures",
    "indicators_reportedfigure": "figures",
    "indicators_rollup": "figures",
    "indicators_target": "figures",
    "people_disposalrequest": "administrators alone see it, by the rule of the roles concerned",
    "reports_report": "issued reports are read by the branches below",
    "reports_reportreceipt": "who has read an issued report",
    "reports_reporttemplate": "the look of a report",
    "uploads_periodexception": "read by a trigger whoever writes",
    "uploads_periodlock": "read by a trigger whoever writes",
}


@pytest.fixture
def foreign_uploads(person, now):
    """An upload of 5301 that took effect, and one with findings and a remark."""
    clerk, reviewer = person(Role.STATISTICIAN, "5301"), person(Role.REVIEWER, "53")
    branch = Branch.objects.get(code="5301")

    def book(day):
        head = ["捐赠人", "类型", "金额（元）", "到账日期", "票据号码"]
        return write_xlsx([head, (GIVER, "个人", 100, day, "A1")])

    done = create_effective_upload(clerk, reviewer, branch, book("2021-08-01"), now=now)
    wrong = create_checked_upload(clerk, branch, book("八月"), now=now)
    Upload.objects.filter(pk__in=[done.pk, wrong.pk]).update(filename=FILE)
    UploadRemark.objects.create(branch=branch, upload=wrong, text=REMARK, by=reviewer, at=now)
    assert UploadFinding.objects.filter(upload=wrong).exists()
    return ForeignUploads([done, wrong])


class ForeignUploads:
    """The uploads of another branch, in the form `addresses` takes."""

    def __init__(self, uploads):
        self.uploads, self.numbers = uploads, ["贡禹"]


@pytest.fixture
def as_application(transactional_db):
    """Open every further connection as the application's database role."""
    owner = connection.settings_dict["USER"]

    def sign_in():
        connection.close()
        connection.settings_dict["USER"] = settings.APPLICATION_ROLE

    yield sign_in
    connection.close()
    connection.settings_dict["USER"] = owner


def test_pages_without_visible_to_show_no_row_of_another_branch(
    foreign_uploads, person, signed_in, monkeypatch, as_application
):
    neighbour = person(Role.STATISTICIAN, "5303")
    pages = list(dict.fromkeys(addresses(foreign_uploads)))
    page = signed_in(neighbour)
    page.raise_request_exception = False
    monkeypatch.setattr(VisibleQuerySet, "visible_to", lambda self, user: self.all())
    as_application()

    shown, opened = {}, 0
    for address in pages:
        answer = page.get(address)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = content.decode(errors="ignore")
        opened += answer.status_code == 200
        words = {word for word in (GIVER, REMARK, FILE) if word in text}
        if words:
            shown[address] = words

    assert shown == {}
    assert opened > 10
    assert any(model is Upload or hasattr(model, "upload_id") for model in site._registry)


def test_pages_without_visible_to_show_rows_to_their_own_clerk(
    foreign_uploads, signed_in, monkeypatch, as_application
):
    page = signed_in(foreign_uploads.uploads[0].uploaded_by)
    as_application()

    text = (
        page.get("/uploads/").content.decode()
        + page.get("/records/donations/donation/").content.decode()
    )

    assert FILE in text
    assert GIVER in text


def test_row_level_security_policy_is_on_every_table_with_a_branch():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'branch_id'"
            " WHERE n.nspname = 'public' AND c.relkind = 'r' AND NOT c.relrowsecurity"
        )
        open_tables = {name for (name,) in cursor.fetchall()}

    assert {name for name in open_tables if not name.endswith("event")} == set(SHARED_TABLES)
