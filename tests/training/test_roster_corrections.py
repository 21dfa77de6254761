"""Correction of a roster of sixty: how often the clerk is asked for a reason."""

import datetime as dt

import pytest
from django.urls import reverse

from redcross.demo.fake_data import id_number
from redcross.uploads.choices import UploadState
from tests.support.export_page import read_protected_file
from tests.support.gift_ledger import create_checked_upload
from tests.support.workbooks import write_xlsx

pytestmark = pytest.mark.django_db
HEADINGS = [
    "姓名", "性别", "身份证号", "联系电话", "培训日期", "期次", "理论成绩", "操作成绩", "是否合格",
    "证书编号", "发证日期",
]  # fmt: skip
REASON_FIELDS = ("reason", "note", "remark")


def roster_workbook(wrong=()):
    """Return a roster of sixty invented trainees; the `wrong` ones have a wrong check digit."""
    rows = []
    for at in range(60):
        male = at % 2 == 0
        number = id_number(at, male=male, first=dt.date(1990, 1, 1), region="530102")
        number = number[:-1] + ("0" if number[-1] != "0" else "1") if at in wrong else number
        rows.append(
            [
                f"示例{'甲乙丙丁戊己庚辛壬癸'[at % 10]}{'一二三四五六'[at // 10]}",
                "男" if male else "女", number, f"1380000{at:04d}", "2021-08-03", "第1期", 90, "合格", "是",
                f"YN{at:04d}", "2021-08-10",
            ]
        )  # fmt: skip
    return write_xlsx([HEADINGS, *rows])


class ReasonCounter:
    """A clerk's pages, with a count of the reasons that had to be entered."""

    def __init__(self, page):
        self.page, self.reasons = page, 0

    def open(self, name, upload, **more):
        answer = self.page.get(reverse(name, kwargs={"pk": upload.pk, **more}))
        assert answer.status_code in (200, 302), (name, answer.status_code)
        return answer

    def file(self, answer):
        """Return a file as it lies in his hands: his own needs no password."""
        if answer.status_code == 302:
            return read_protected_file(self.page, answer)
        return b"".join(answer.streaming_content) if answer.streaming else answer.content

    def post(self, name, upload, form, **more):
        self.reasons += any(form.get(name) for name in REASON_FIELDS)
        answer = self.page.post(reverse(name, kwargs={"pk": upload.pk, **more}), form)
        assert answer.status_code in (200, 302), (name, answer.status_code)
        return answer


def test_roster_of_sixty_rows_is_corrected_with_at_most_two_reasons(clerk, branch, signed_in, now):
    at_work = ReasonCounter(signed_in(clerk))
    first = create_checked_upload(
        clerk, branch("5301"), roster_workbook(wrong=(7, 23, 41)), now=now, sheet="training.roster"
    )
    assert first.state == UploadState.HAS_ERRORS

    text = at_work.open("upload", first).content.decode()
    assert "校验码" in text
    at_work.open("upload-lines", first)
    for kind in ("annotated", "bad-rows"):
        assert at_work.file(at_work.open("upload-download", first, kind=kind))[:2] == b"PK"
    # Masked on the page: the number as it was written stands in the workbook alone.
    at_work.post("upload-original", first, {"reason": "核对身份证号"})
    original = at_work.page.get(reverse("upload-original", kwargs={"pk": first.pk}), {"file": ""})
    assert at_work.file(original)[:2] == b"PK"

    mended = create_checked_upload(
        clerk, branch("5301"), roster_workbook(), now=now, sheet="training.roster"
    )
    assert mended.state == UploadState.READY, [finding.message for finding in mended.findings.all()]
    at_work.open("upload", mended)
    at_work.open("upload-lines", mended)
    note = {"note": "已核对"} if mended.warnings else {}
    at_work.post("upload-act", mended, note, verb="submit")
    mended.refresh_from_db()

    assert mended.state == UploadState.SUBMITTED
    assert mended.rows == 60
    assert at_work.reasons <= 2
