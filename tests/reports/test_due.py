"""Beat, its outages, its doubles, and workers that are killed: each due report exactly once."""

import datetime as dt
import os
import random
import signal
import threading
import time
import warnings

import pytest
from django.db import connection, connections
from django.utils import timezone

from redcross.accounts.choices import Role
from redcross.branches.models import Branch
from redcross.reports import due, services
from redcross.reports.declaration import kinds
from redcross.reports.models import Report, ReportSchedule

pytestmark = pytest.mark.django_db
MONTHLY = "donors.monthly"
MONTHS = [f"{2021 + at // 12}-{at % 12 + 1:02}" for at in range(24)]
LOCKED, WRITTEN = "pg_advisory_xact_lock", 'INSERT INTO "reports_report"'


def shanghai(text):
    return timezone.make_aware(dt.datetime.fromisoformat(text))


def scheduled(*wanted, since=dt.date(2021, 1, 1)):
    for key in kinds:
        ReportSchedule.objects.create(kind=key, starts_on=since, enabled=key in wanted)


def at_once(act, count=2):
    """Let threads do the same with connections of their own; return what they give."""
    given = []

    def alone():
        try:
            given.append(act())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=alone) for _ in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return given


def killed_at(statement, moment):
    """Let a process of its own begin the beat, and kill it once it has come to a statement."""
    reached, telling = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking beside ended threads
        child = os.fork()
    if child == 0:
        try:
            for each in connections.all(initialized_only=True):
                each.connection = None  # the parent's

            def stop(execute, sql, parameters, many, context):
                given = execute(sql, parameters, many, context)
                if statement in sql:
                    os.write(telling, b"!")
                    time.sleep(120)
                return given

            with connection.execute_wrapper(stop):
                due.issue_due(moment)
        finally:
            os._exit(1)
    os.close(telling)
    assert os.read(reached, 1) == b"!"
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(reached)
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.django_db(transaction=True)
def test_two_years_of_outages_double_beats_and_killed_workers_write_each_report_once(
    committed, person
):
    committed()
    scheduled(MONTHLY)
    fate = random.Random(2021)  # noqa: S311  the same two years every time
    fates = ["outage"] * 9 + ["twice"] * 8 + ["killed before", "killed after"] * 3 + ["once"]
    fate.shuffle(fates)

    for month, what in zip(MONTHS, fates, strict=True):
        moment = due_moment(month)
        match what:
            case "twice":
                at_once(lambda moment=moment: due.issue_due(moment))
            case "killed before":
                killed_at(LOCKED, moment)
            case "killed after":
                killed_at(WRITTEN, moment)
            case "once":
                due.issue_due(moment)
    due.issue_due(shanghai("2023-01-20T08:00"))

    reports = Report.objects.order_by("pk")
    assert [str(report.period) for report in reports] == MONTHS
    assert {report.kind for report in reports} == {MONTHLY}
    office = person(Role.OFFICE, "53")
    for report in reports:
        services.finalise(report.pk, document_number="", user=office, now=report.created_at)
    for report in reports:
        at_once(lambda report=report: issued_or_refused(report, office))
    numbers = list(reports.order_by("issue_year", "pk").values_list("issue_year", "issue_number"))
    years = {year: [n for each, n in numbers if each == year] for year, _ in numbers}
    assert all(found == list(range(1, len(found) + 1)) for found in years.values())
    assert sum(map(len, years.values())) == len(MONTHS)


def due_moment(month):
    """Return a quarter past midnight of the day on which a month's report is due."""
    first = dt.date.fromisoformat(f"{month}-01")
    following = (first + dt.timedelta(days=31)).replace(day=10)
    return shanghai(f"{following}T00:15")


def issued_or_refused(report, office):
    try:
        return services.issue(report.pk, user=office, now=report.created_at)
    except services.ReportRefusedError as error:
        return str(error)


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_nothing_half_written_and_the_next_beat_catches_up(
    committed, person
):
    committed()
    scheduled(MONTHLY, since=dt.date(2021, 12, 1))
    moment = shanghai("2022-01-10T00:15")

    killed_at(WRITTEN, moment)

    assert not Report.objects.exists()
    assert [str(each.period) for each in due.issue_due(moment)] == ["2021-12"]
    assert due.issue_due(moment) == []


def test_a_report_that_cannot_be_written_keeps_no_other_back(branch, monkeypatch):
    scheduled(MONTHLY, "donations.quarterly", since=dt.date(2021, 12, 1))
    whole = kinds.passages_of(kinds[MONTHLY])["donors.blood"]

    def broken(story):
        yield from ()
        message = "no blood"
        raise ValueError(message)

    monkeypatch.setitem(kinds._passages, "donors.blood", broken)
    made = due.issue_due(shanghai("2022-01-20T08:00"))
    waiting = due.owed(dt.date(2022, 1, 20))
    monkeypatch.setitem(kinds._passages, "donors.blood", whole)
    later = due.issue_due(shanghai("2022-01-20T08:10"))

    assert [each.kind for each in made] == ["donations.quarterly"]
    assert [each.kind.key for each in waiting] == [MONTHLY]
    assert [each.kind for each in later] == [MONTHLY]


def test_what_was_missed_is_caught_up_the_oldest_first_over_all_kinds(branch):
    scheduled(MONTHLY, "training.quarterly", since=dt.date(2021, 6, 1))

    made = due.issue_due(shanghai("2021-11-01T08:00"))

    assert [(each.kind, str(each.period)) for each in made] == [
        (MONTHLY, "2021-06"),
        ("training.quarterly", "2021Q2"),
        (MONTHLY, "2021-07"),
        (MONTHLY, "2021-08"),
        (MONTHLY, "2021-09"),
        ("training.quarterly", "2021Q3"),
    ]


def test_a_report_is_not_written_before_its_day(branch):
    scheduled(MONTHLY)

    assert due.issue_due(shanghai("2021-02-09T23:59")) == []


def test_a_schedule_that_is_off_writes_nothing(branch):
    scheduled()

    assert due.issue_due(shanghai("2022-02-20T08:00")) == []


def test_the_page_tells_an_office_what_is_coming_and_what_is_overdue(branch):
    scheduled(MONTHLY, since=dt.date(2021, 12, 1))

    (first,) = due.coming([Branch.objects.get(code="53")], dt.date(2022, 1, 10))
    due.issue_due(shanghai("2022-01-10T08:00"))
    (second,) = due.coming([Branch.objects.get(code="53")], dt.date(2022, 1, 10))

    assert (str(first.period), first.due_on) == ("2021-12", dt.date(2022, 1, 10))
    assert (str(second.period), second.due_on) == ("2022-01", dt.date(2022, 2, 10))
