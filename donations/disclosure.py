"""When a campaign must be made public, and the masked list that is."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from donations.choices import DisclosureContent, GiverKind
from donations.models import Campaign, Disclosure, DisclosureDuty, Donation
from redcross.accounts.masks import mask_name
from redcross.files.workbooks import ExportWorkbook

HEADINGS = ("序号", "捐赠日期", "捐赠（单位/姓名）", "捐赠金额（元）", "物资", "用途")


@dataclasses.dataclass(frozen=True, slots=True)
class DueDisclosure:
    """One publication a campaign owes: what, until when, and whether it was made."""

    content: str
    due_on: dt.date
    published_on: dt.date | None
    source: str

    def is_late(self, today: dt.date) -> bool:
        """Whether the day has gone by without it."""
        return self.published_on is None and today > self.due_on


def list_due_disclosures(campaign: Campaign, today: dt.date) -> list[DueDisclosure]:
    """Return what a campaign owes the public up to today or next, by the duties in force."""
    disclosures = list(Disclosure.objects.filter(campaign=campaign).order_by("published_on"))
    newest: dict[str, DisclosureDuty] = {}
    for duty in DisclosureDuty.objects.filter(effective_on__lte=campaign.starts_on).order_by(
        "effective_on"
    ):
        newest[duty.content] = duty
    return [
        DueDisclosure(
            str(DisclosureContent(content).label),
            due,
            _first_publication(disclosures, content, since, due),
            newest[content].source,
        )
        for content in sorted(newest)
        for since, due in _disclosure_terms(campaign, newest[content], today)
    ]


def _disclosure_terms(
    campaign: Campaign, duty: DisclosureDuty, today: dt.date
) -> Iterator[tuple[dt.date, dt.date]]:
    within = relativedelta(months=duty.within_months)
    if duty.content == DisclosureContent.FINAL:
        if campaign.ends_on:
            yield campaign.ends_on, campaign.ends_on + within
        return
    end = campaign.ends_on or today
    if end <= campaign.starts_on + relativedelta(months=duty.longer_than_months):
        return
    since = campaign.starts_on
    while since + within <= end:
        yield since, since + within
        since += within


def _first_publication(
    disclosures: Iterable[Disclosure], content: str, since: dt.date, due: dt.date
) -> dt.date | None:
    days = [
        disclosure.published_on
        for disclosure in disclosures
        if disclosure.content == content and since < disclosure.published_on
        and (content == DisclosureContent.FINAL or disclosure.published_on <= due)
    ]  # fmt: skip
    return min(days, default=None)


def format_public_name(gift: Donation) -> str:
    """Return the giver as the public may read him: persons masked, organisations in full.

    Who asked not to be named is not (慈善法 ch. 7: nothing the giver wants kept private).
    """
    if gift.anonymous:
        return "爱心单位" if gift.giver_kind == GiverKind.ORGANISATION else "爱心人士"
    if gift.giver_kind == GiverKind.ORGANISATION:
        return gift.giver_name
    if gift.giver_kind == GiverKind.ANONYMOUS:
        return "爱心人士"
    return mask_name(gift.giver_name)


def build_public_list(title: str, until: str, gifts: Iterable[Donation], notice: str) -> bytes:
    """Return the list of gifts for publication (捐款信息公示表) as a workbook."""
    book = ExportWorkbook()
    bold = book.add_format({"bold": True, "border": 1, "align": "center"})
    money = book.add_format({"num_format": "#,##0.00"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("公示")
    sheet.merge_range(0, 0, 0, len(HEADINGS) - 1, f"{title}捐赠信息公示表{until}", bold)
    sheet.write_string(1, 0, notice)
    sheet.write_row(2, 0, HEADINGS, bold)
    total, row = Decimal(0), 3
    for row, gift in enumerate(gifts, start=3):
        sheet.write_number(row, 0, row - 2)
        sheet.write_datetime(row, 1, dt.datetime.combine(gift.received_on, dt.time()), day)
        sheet.write_string(row, 2, format_public_name(gift))
        if gift.value is not None:
            sheet.write_number(row, 3, float(gift.value), money)
            total += gift.value
        goods = f"{gift.item}{_format_quantity(gift.quantity)}{gift.measure}" if gift.item else ""
        sheet.write_string(row, 4, goods)
        sheet.write_string(row, 5, gift.purpose or (gift.fund.name if gift.fund else ""))
    sheet.write_string(row + 1, 2, "合计", bold)
    sheet.write_number(row + 1, 3, float(total), money)
    sheet.set_column(0, 0, 6)
    sheet.set_column(1, 5, 22)
    sheet.freeze_panes(3, 0)
    return book.content()


def _format_quantity(quantity: Decimal | None) -> str:
    return f"{quantity.normalize():f}" if quantity is not None else ""
