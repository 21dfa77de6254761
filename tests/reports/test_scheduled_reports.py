"""Scheduled reports: each due report once, despite outages, double beats and killed workers."""

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
from redcross.reports.declare.declaration import report_kinds
from redcross.reports.models import Report, ReportSchedule
from redcross.reports.workflow import due_reports, services

pytestmark = pytest.mark.django_db
MONTHLY = "donors.monthly"
MONTHS = [f"{2021 + at // 12}-{at % 12 + 1:02}" for at in range(24)]
LOCKED, WRITTEN = "pg_advisory_xact_lock", 'INSERT INTO "reports_report"'


def shanghai_time(text):
    return timezone.make_aware(dt.datetime.fromisoformat(text))


def enable_schedules(*wanted, since=dt.date(2021, 1, 1)):
    for key in report_kinds:
        ReportSchedule.objects.create(kind=key, starts_on=since, enabled=key in wanted)


def run_concurrently(act, count=2):
    """Run an act in several threads, each with its own connection; return the results."""
    results = []

    def alone():
        try:
            results.append(act())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=alone) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def kill_at_statement(statement, moment):
    """Run the beat in a child process and kill it at a given SQL statement."""
    reached, telling = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking beside ended threads
        child = os.fork()
    if child == 0:
        try:
            for inherited in connections.all(initialized_only=True):
                inherited.connection = None  # the parent's

            def stop(execute, sql, parameters, many, context):
                result = execute(sql, parameters, many, context)
                if statement in sql:
                    os.write(telling, b"!")
                    time.sleep(120)
                return result

            with connection.execute_wrapper(stop):
                due_reports.write_due_reports(moment)
        finally:
            os._exit(1)
    os.close(telling)
    assert os.read(reached, 1) == b"!"
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(reached)
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.django_db(transaction=True)
def test_scheduled_reports_are_written_once_each_despite_outages_and_killed_workers(
    committed, person
):
    committed()
    enable_schedules(MONTHLY)
    fate = random.Random(2021)  # noqa: S311  the same two years every time
    fates = ["outage"] * 9 + ["twice"] * 8 + ["killed before", "killed after"] * 3 + ["once"]
    fate.shuffle(fates)

    for month, what in zip(MONTHS, fates, strict=True):
        moment = due_moment(month)
        match what:
            case "twice":
                run_concurrently(lambda moment=moment: due_reports.write_due_reports(moment))
            case "killed before":
                kill_at_statement(LOCKED, moment)
            case "killed after":
                kill_at_statement(WRITTEN, moment)
            case "once":
                due_reports.write_due_reports(moment)
    due_reports.write_due_reports(shanghai_time("2023-01-20T08:00"))

    reports = Report.objects.order_by("pk")
    assert [str(report.period) for report in reports] == MONTHS
    assert {report.kind for report in reports} == {MONTHLY}
    office = person(Role.OFFICE, "53")
    for report in reports:
        services.finalise_report(report.pk, document_number="", user=office, now=report.created_at)
    for report in reports:
        run_concurrently(lambda report=report: issue_or_none(report, office))
    numbers = list(reports.order_by("issue_year", "pk").values_list("issue_year", "issue_number"))
    years = {year: [n for number, n in numbers if number == year] for year, _ in numbers}
    assert all(
        numbers_of_year == list(range(1, len(numbers_of_year) + 1))
        for numbers_of_year in years.values()
    )
    assert sum(map(len, years.values())) == len(MONTHS)


def due_moment(month):
    """Return a quarter past midnight of the day a month's report is due."""
    first = dt.date.fromisoformat(f"{month}-01")
    following = (first + dt.timedelta(days=31)).replace(day=10)
    return shanghai_time(f"{following}T00:15")


def issue_or_none(report, office):
    try:
        return services.issue_report(report.pk, user=office, now=report.created_at)
    except services.ReportRefusedError as error:
        return str(error)


@pytest.mark.django_db(transaction=True)
def test_scheduled_report_of_a_killed_worker_is_written_by_the_next_beat(committed, person):
    committed()
    enable_schedules(MONTHLY, since=dt.date(2021, 12, 1))
    moment = shanghai_time("2022-01-10T00:15")

    kill_at_statement(WRITTEN, moment)

    assert not Report.objects.exists()
    assert [str(report.period) for report in due_reports.write_due_reports(moment)] == ["2021-12"]
    assert due_reports.write_due_reports(moment) == []


def test_scheduled_report_that_fails_does_not_block_others(branch):
    enable_schedules(MONTHLY, "donations.quarterly", since=dt.date(2021, 12, 1))

    def broken(context):
        yield from ()
        message = "no blood"
        raise ValueError(message)

    with report_kinds.replaced_section("donors.blood", broken):
        made = due_reports.write_due_reports(shanghai_time("2022-01-20T08:00"))
        waiting = due_reports.list_due_reports(dt.date(2022, 1, 20))
    later = due_reports.write_due_reports(shanghai_time("2022-01-20T08:10"))

    assert [report.kind for report in made] == ["donations.quarterly"]
    assert [due_report.kind.key for due_report in waiting] == [MONTHLY]
    assert [report.kind for report in later] == [MONTHLY]


def test_missed_reports_are_written_oldest_first_over_all_kinds(branch):
    enable_schedules(MONTHLY, "training.quarterly", since=dt.date(2021, 6, 1))

    made = due_reports.write_due_reports(shanghai_time("2021-11-01T08:00"))

    assert [(upload.kind, str(upload.period)) for upload in made] == [
        (MONTHLY, "2021-06"),
        ("training.quarterly", "2021Q2"),
        (MONTHLY, "2021-07"),
        (MONTHLY, "2021-08"),
        (MONTHLY, "2021-09"),
        ("training.quarterly", "2021Q3"),
    ]


def test_scheduled_report_is_not_written_before_its_day(branch):
    enable_schedules(MONTHLY)

    assert due_reports.write_due_reports(shanghai_time("2021-02-09T23:59")) == []


def test_disabled_report_schedule_writes_nothing(branch):
    enable_schedules()

    assert due_reports.write_due_reports(shanghai_time("2022-02-20T08:00")) == []


def test_report_page_shows_upcoming_and_overdue_reports(branch):
    enable_schedules(MONTHLY, since=dt.date(2021, 12, 1))

    (first,) = due_reports.list_next_reports([Branch.objects.get(code="53")], dt.date(2022, 1, 10))
    due_reports.write_due_reports(shanghai_time("2022-01-10T08:00"))
    (second,) = due_reports.list_next_reports([Branch.objects.get(code="53")], dt.date(2022, 1, 10))

    assert (str(first.period), first.due_on) == ("2021-12", dt.date(2022, 1, 10))
    assert (str(second.period), second.due_on) == ("2022-01", dt.date(2022, 2, 10))
