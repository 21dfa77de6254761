"""Every address × method × role × own, foreign, upper and lower branch, from the URL resolver.

A new page with an object in its address fails here until it is entered.
"""

import pytest
from django.test import Client

from redcross.accounts.choices import ROLES_WITHOUT_RECORDS, Role
from redcross.accounts.rules import READ_ROLES
from redcross.branches.models import Branch
from redcross.locks.models import PeriodLock
from redcross.portal.record_pages.model_admin import RecordAdmin, ReferenceAdmin
from redcross.portal.record_pages.site import site
from tests.support.page_addresses import (
    METHODS,
    OPEN,
    PAGES,
    PUBLIC_PAGES,
    SHUT,
    create_objects,
    is_refused,
    named_pages,
)

pytestmark = pytest.mark.django_db

# Named things of the whole province, figures and words that belong to no branch.
OWNERLESS_PAGES = {
    "help", "manual", "manual-picture", "blank", "code", "board", "board-export", "figure", "figure-export", "fund",
    "campaign", "event", "sheet-export", "api-template", "api-records", "report-template", "certificate-check",
}  # fmt: skip
# Nobody else opens these, whatever his branch: `tests/exports` says so.
PERSONAL_PAGES = {"export", "export-file"}


@pytest.mark.parametrize("name", sorted(set(PAGES) - PUBLIC_PAGES))
def test_every_page_is_refused_to_anonymous_visitors_by_any_method(name):
    for method in METHODS:
        answer = Client(REMOTE_ADDR="198.51.100.7").generic(method, PAGES[name])

        assert answer.status_code in SHUT, f"{method} {PAGES[name]}"
        if answer.status_code == 302:
            assert answer.url.startswith(("/login/", "/records/login/", "/second-factor/")), method


@pytest.mark.parametrize("role", Role)
def test_every_object_is_refused_to_roles_of_another_prefecture(
    role, person, signed_in, object_addresses
):
    page = signed_in(person(role, "5303"))

    for address in object_addresses.values():
        for method in ("GET", "POST", "PUT", "DELETE"):
            answer = page.generic(method, address)
            assert is_refused(answer), f"{method} {address} {answer.status_code}"


@pytest.mark.parametrize("role", Role)
def test_every_prefecture_object_is_refused_to_its_county(
    role, person, signed_in, object_addresses
):
    page = signed_in(person(role, "530102"))

    for name, address in object_addresses.items():
        # A lock of the prefecture shuts its counties' months too: they ask for it to be opened.
        if name == "lock-ask":
            continue
        for method in ("GET", "POST"):
            answer = page.generic(method, address)
            assert is_refused(answer), f"{method} {address} {answer.status_code}"


@pytest.mark.parametrize("role", sorted(ROLES_WITHOUT_RECORDS))
def test_every_record_is_refused_to_administrators_and_auditors(
    role, person, signed_in, object_addresses
):
    page = signed_in(person(Role(role), "53"))

    for name, address in object_addresses.items():
        # Months are opened and closed as a setting, in numbers.
        settings = ("lock-unlock",) if role == "ADMINISTRATOR" else ()
        if not name.startswith(("person", "token", *settings)):
            assert is_refused(page.get(address)), address


def test_every_prefecture_object_opens_to_the_province(person, signed_in, object_addresses):
    page = signed_in(person(Role.DESK, "53"))

    for name in ("upload", "upload-paper", "giver", "class", "case"):
        assert page.get(object_addresses[name]).status_code in OPEN, object_addresses[name]


def test_leader_opens_figures_but_no_pages_with_names(person, signed_in, object_addresses):
    page = signed_in(person(Role.LEADER, "53"))

    for name in ("giver", "class", "case", "upload-original", "admin:donations_donation_change"):
        assert is_refused(page.get(object_addresses[name])), object_addresses[name]


# The record pages, by the kind of their admin class --------------------------------------

READERS = frozenset(READ_ROLES)
MAKING_NAMES = frozenset({Role.DESK, Role.OFFICE})
ONLY_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
LOCKING = MAKING_NAMES | ONLY_ADMINISTRATORS


def rule_of_records(model, admin):
    """Return the provincial roles that see a kind of record, and those that add to it."""
    if model is Branch:
        return READERS | ONLY_ADMINISTRATORS, ONLY_ADMINISTRATORS
    if model is PeriodLock:
        return LOCKING, LOCKING
    if isinstance(admin, RecordAdmin):
        return READERS, frozenset()
    if isinstance(admin, ReferenceAdmin):
        return READERS, MAKING_NAMES
    return ONLY_ADMINISTRATORS, ONLY_ADMINISTRATORS


def test_record_admin_permissions_of_each_role_match_the_rule_table(person, rf):
    for role in Role:
        request = rf.get("/")
        request.user = person(role, "53")
        for model, admin in site._registry.items():
            seeing, adding = rule_of_records(model, admin)

            assert admin.has_view_permission(request) == (role in seeing), (role, model)
            assert admin.has_add_permission(request) == (role in adding), (role, model)
            if isinstance(admin, RecordAdmin):
                assert not admin.has_delete_permission(request)


def test_every_object_page_refuses_unsupported_methods(person, signed_in, object_addresses):
    page = signed_in(person(Role.DESK, "53"))

    for address in object_addresses.values():
        for method in ("PUT", "PATCH", "DELETE"):
            assert is_refused(page.generic(method, address)), f"{method} {address}"
        for method in ("HEAD", "OPTIONS"):
            assert page.generic(method, address).status_code < 500, f"{method} {address}"


@pytest.fixture
def object_addresses(pipeline, person, clerk):
    return create_objects(pipeline, person, clerk)


def test_every_page_with_an_object_argument_is_in_the_access_matrix(object_addresses):
    naming = {
        name
        for name, taken in named_pages()
        if taken and not name.startswith("admin:") and not name.startswith("mfa_")
    }

    assert naming - OWNERLESS_PAGES - PUBLIC_PAGES <= set(object_addresses) | {
        "token-revoke",
        *PERSONAL_PAGES,
    }
