"""Identities planted in every personal column of every sheet are found in plaintext nowhere.

A new sheet, column, page or table is covered by itself: the sheets come from the registry, the
pages from the URL resolver, the record lists from the admin site, the tables from the database.
"""

import io
import itertools
import json
import logging
import zipfile
from pathlib import Path

import pytest
from celery import signals
from django.conf import settings as configured
from django.core.cache import cache
from django.db import connection
from django.urls import NoReverseMatch, reverse

from redcross.accounts.choices import Role
from redcross.branches.models import Branch
from redcross.periods import Period
from redcross.portal.record_pages.site import site
from redcross.reports.declare.declaration import report_kinds
from redcross.reports.models import Report
from redcross.reports.workflow.services import draft_report
from redcross.uploads import tasks
from redcross.uploads.choices import UploadState
from redcross.uploads.files import storage
from redcross.uploads.registry import registry
from redcross.uploads.schema.import_spec import CellKind
from redcross.uploads.workflow import services
from tests.support.gift_ledger import create_upload
from tests.support.page_addresses import named_pages
from tests.support.workbooks import write_xlsx

pytestmark = pytest.mark.django_db(transaction=True)
PERIOD, DAY = "2021-08", "2021-08-09"
NAMES = [f"尉迟{one}{two}" for one, two in itertools.product("璩珩瑄璟瑢瓒", "翀昶骞煜燊")]
# What a row needs beside its required and personal cells to pass the checks across columns.
EXTRA_CELLS = {
    "donations.ledger": {"value": 100},
    "donations.goods_received": {"quantity": 5},
    "donors.organ_wishes": {"organs": "是"},
    "relief.applications": {"born_on": "2012-03-07"},
    "training.roster": {"result": "合格", "certificate_number": "示例证A", "issued_on": DAY},
}
UPLOAD_PAGES = {"upload", "api-upload"}
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity_number(number, year=1990):
    body = f"530102{year}0307{number:03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11
    return body + "10X98765432"[rest]


def personal_sheets():
    return [
        sheet
        for sheet in registry.values()
        if any(f.personal for f in sheet.specification().fields)
    ]


class PlantedIdentities:
    """The planted identities: names apart from numbers, as some roles may read names."""

    def __init__(self):
        self.numbers, self.names = [], []
        self._count = itertools.count(101, 2)

    def row(self, spec):
        """Return a valid row of a sheet, heading → cell, with something in every personal one."""
        cells = {}
        for field in spec.fields:
            if field.personal or field.required or field.name in EXTRA_CELLS.get(spec.key, {}):
                cells[field.label] = self._cell(spec, field)
        return cells

    def _cell(self, spec, field):
        number = next(self._count)
        if field.name in EXTRA_CELLS.get(spec.key, {}):
            return EXTRA_CELLS[spec.key][field.name]
        match field.kind:
            case CellKind.ID_NUMBER:
                year = 2012 if spec.key == "relief.applications" else 1990
                self.numbers.append(identity_number(number, year))
                return self.numbers[-1]
            case CellKind.PHONE:
                self.numbers.append(f"13987{number:06d}")
                return self.numbers[-1]
            case CellKind.DATE:
                return DAY
            case CellKind.INTEGER | CellKind.DECIMAL:
                return 1
            case CellKind.BOOLEAN:
                return "是"
            case CellKind.CHOICE | CellKind.REFERENCE:
                return next(label for label in field.labels.values() if label)
            case CellKind.BRANCH:
                return "昆明市"
        if field.personal:
            self.names.append(NAMES[len(self.names)])
            return self.names[-1]
        return f"示例{number}"


class TaskArguments:
    """The arguments of every task."""

    def __init__(self):
        self.seen = []

    def __call__(self, args=None, kwargs=None, **_):
        self.seen.append(json.dumps([args, kwargs], default=str, ensure_ascii=False))


@pytest.fixture
def planted(person, now, read_log, caplog):
    """Upload a row of every personal sheet, and one with an error, through the tasks."""
    # Whoever looks for a fault lets every library speak: that, too, is written down.
    for name in ("", "redcross", "django", "django.template"):
        caplog.set_level(logging.DEBUG, logger=name)
    clerk, reviewer = person(Role.STATISTICIAN, "5301"), person(Role.REVIEWER, "53")
    identities, sent = PlantedIdentities(), TaskArguments()
    signals.task_prerun.connect(sent)
    branch, uploads = Branch.objects.get(code="5301"), []
    for sheet in personal_sheets():
        spec = sheet.specification()
        good, wrong = identities.row(spec), identities.row(spec)
        for field in spec.fields:
            if field.kind is CellKind.ID_NUMBER and field.personal:
                wrong[field.label] = f"{wrong[field.label][:-1]}Y"
            elif field.kind is CellKind.DATE:
                wrong[field.label] = "八月九日前后"
        for rows in ([good], [wrong]):
            content = write_xlsx([list(good), *(list(row.values()) for row in rows)])
            upload = create_upload(clerk, branch, content, now=now, sheet=sheet.key, period=PERIOD)
            tasks.enqueue_check(upload, clerk.pk)
            upload.refresh_from_db()
            uploads.append(upload)
        upload = uploads[-2]
        messages = [finding.message for finding in upload.findings.all()]
        assert upload.state == UploadState.READY, f"{sheet.key} {messages} {upload.message}"
        services.submit(upload.pk, user=clerk, now=now, note="说明")
        tasks.enqueue_apply(services.approve(upload.pk, user=reviewer, now=now))
        upload.refresh_from_db()
        assert upload.state == UploadState.EFFECTIVE, f"{sheet.key} {upload.message}"
    signals.task_prerun.disconnect(sent)
    identities.uploads, identities.tasks = uploads, sent.seen
    identities.written = read_log
    identities.clerk, identities.reviewer = clerk, reviewer
    return identities


def encodings(secrets):
    """Return each secret in the encodings it may have: UTF-8, escaped, hexadecimal, UTF-16."""
    every = {}
    for secret in secrets:
        raw = secret.encode()
        for form in (
            raw, secret.encode("utf-16-le"), secret.encode("gb18030"), raw.hex().encode(),
            json.dumps(secret)[1:-1].encode(),
        ):  # fmt: skip
            every[form] = secret
    return every


# How everything planted begins: most pages hold none of it and need no closer look.
PREFIXES = list(encodings(["530102", "13987", "尉迟"]))


def find_secrets(content, secrets):
    """Return the secrets found in bytes, also inside zip archives."""
    matches = set()
    if any(beginning in content for beginning in PREFIXES):
        matches = {secret for form, secret in encodings(secrets).items() if form in content}
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for name in parts.namelist():
                matches |= find_secrets(parts.read(name), secrets)
    return matches


def read_everything_at_rest():
    """Yield everything stored: files, tables as dumped, keys and values of Valkey."""
    for path in Path(configured.MEDIA_ROOT).rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname = 'public'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM {table} t")
            yield table, cursor.fetchone()[0].encode()
    client = cache._cache.get_client()
    for key in client.scan_iter():
        yield f"valkey {key}", bytes(key) + (client.dump(key) or b"")


def addresses(planted):
    """Yield every address of the resolver, with the objects at hand; of lists of records too."""
    uploads = [upload.pk for upload in planted.uploads]
    reports = list(Report.objects.values_list("pk", flat=True))
    for name, arguments in named_pages():
        # The lists of records come below; the pages of one thing are many, one of each will do.
        if name.startswith("admin:"):
            continue
        keyed = [key for key in arguments if key in ("pk", "id", "object_id")]
        numbers = uploads if name in UPLOAD_PAGES else (reports or [1])[:1] + uploads[:1]
        for number in numbers if keyed else [1]:
            try:
                yield reverse(name, kwargs={**arguments, **dict.fromkeys(keyed, number)})
            except NoReverseMatch:
                break
    for kind in ("annotated", "bad-rows"):
        for number in uploads:
            yield reverse("upload-download", kwargs={"pk": number, "kind": kind})
    yield from lists_of_records()
    yield from (f"/search/?q={secret}" for secret in planted.numbers[:2])


def lists_of_records():
    """Yield the list, form and history of each kind of record that has a row, and its API."""
    for model in site._registry:
        first = model._default_manager.order_by("pk").first()
        if first is None or not hasattr(model, "upload_id"):
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        yield from (reverse(f"{name}_{page}", args=[first.pk]) for page in ("change", "history"))
        yield f"/api/v1/records/{model._meta.label_lower}/"


def strip_own_input(content, address):
    """Remove the visitor's own input from a page that repeats it."""
    _, _, typed = address.partition("?q=")
    return content.replace(typed.encode(), b"") if typed else content


def find_leaks(page, planted, secrets):
    """Open every address; return where a secret was shown, and how many pages opened."""
    page.raise_request_exception = False
    leaks, opened = {}, 0
    for address in dict.fromkeys(addresses(planted)):
        answer = page.get(address)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        opened += answer.status_code == 200
        assert answer.status_code != 500, address
        if leaked := find_secrets(strip_own_input(content, address), secrets):
            leaks[address] = leaked
    return leaks, opened


# (role, branch, whether the names are kept from it too: all read numbers masked)
READERS = (
    (Role.LEADER, "53", True),
    (Role.SUPERVISOR, "53", True),
    (Role.STATISTICIAN, "5303", True),
    (Role.DESK, "53", False),
)


def test_planted_identities_are_found_in_plaintext_nowhere(planted, person, signed_in, now):
    secrets = [*planted.numbers, *planted.names]
    personal = [
        field
        for sheet in personal_sheets()
        for field in sheet.specification().fields
        if field.personal
    ]
    assert len(secrets) == 2 * len(personal)
    assert find_secrets(storage.load_file(planted.uploads[0].file), secrets), (
        "the search itself works"
    )

    lying = {
        where: leaked
        for where, content in read_everything_at_rest()
        if (leaked := find_secrets(content, secrets))
    }
    assert lying == {}
    assert planted.tasks
    assert find_secrets("\n".join(planted.tasks).encode(), secrets) == set()
    assert find_secrets(planted.written()[0].encode(), secrets) == set()

    office = person(Role.OFFICE, "53")
    draft_report(
        report_kinds["portal.monthly_bulletin"], Branch.objects.get(code="53"), Period.parse(PERIOD),
        user=office, now=now,
    )  # fmt: skip
    for role, code, also_names in READERS:
        hidden = secrets if also_names else planted.numbers
        leaks, opened = find_leaks(signed_in(person(role, code)), planted, hidden)
        assert leaks == {}, role
        assert opened > 10
    assert "Exception while resolving variable" in planted.written()[0], "libraries spoke"
    assert find_secrets(planted.written()[0].encode(), secrets) == set()
