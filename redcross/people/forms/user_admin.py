"""A person and his roles in the record pages, under the same rule as everywhere else.

What the forms ask for is checked as acts on the account before anything is saved, and done
by `services.perform`: where a second administrator must confirm, a request is made instead.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.forms.models import BaseInlineFormSet, ModelForm
from django.utils import timezone

from redcross.accounts.models import RoleAssignment, User
from redcross.accounts.requests import SignedInRequest
from redcross.people.acts import PeopleError
from redcross.people.choices import Verb
from redcross.people.disposals import Disposal
from redcross.people.rules import RoleScope, needs_confirmation
from redcross.people.services import (
    DisposalRefusedError,
    check_disposal,
    log_refusal,
    perform,
)

_FIXED = ("role", "branch", "domain", "sheets", "starts_on")


def _check(disposal: Disposal, *, by: User) -> None:
    """Raise ValidationError with the sentence that says who may."""
    try:
        check_disposal(disposal, by=by, now=timezone.now())
    except PeopleError as error:
        if isinstance(error, DisposalRefusedError):
            log_refusal(error, by=by)
        raise forms.ValidationError(str(error)) from error


def perform_and_report(request: SignedInRequest, disposal: Disposal) -> None:
    """Do an act the forms have checked, and say where it waits or why it was not done."""
    try:
        outcome = perform(disposal, by=request.user, now=timezone.now())
    except PeopleError as error:
        messages.error(request, str(error))
        return
    if outcome.request is not None:
        messages.warning(
            request, f"{disposal.person}：{disposal}，已提出，须由另一名系统管理员确认后才生效。"
        )
    elif outcome.result.password:
        messages.warning(request, f"{disposal.person}还没有密码，请到“人员与账户”重置密码。")


class UserForm(ModelForm):  # type: ignore[type-arg]
    """A person's own fields; `actor` is set by the admin class."""

    actor: User

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.instance._state.adding:
            person = User.objects.get(pk=self.instance.pk)
            for verb in self.verbs():
                _check(Disposal(verb, person), by=self.actor)
        return cleaned

    def verbs(self) -> list[Verb]:
        """Return the acts that the changed fields amount to."""
        verbs = [Verb.EDIT_ACCOUNT] if set(self.changed_data) - {"is_active"} else []
        if "is_active" in self.changed_data:
            is_active = self.cleaned_data.get("is_active")
            verbs.append(Verb.REOPEN_ACCOUNT if is_active else Verb.CLOSE_ACCOUNT)
        return verbs


def save_user(request: SignedInRequest, form: UserForm, *, change: bool) -> None:
    """Save a person's fields; whether he is active goes its own way."""
    person: User = form.instance
    if not change:
        person.set_unusable_password()
        person.save()
        return
    if "is_active" in form.changed_data:
        person.is_active = bool(form.initial["is_active"])
    for verb in form.verbs():
        perform_and_report(request, Disposal(verb, person))


class RoleForm(ModelForm):  # type: ignore[type-arg]
    """One role: what it is stands; when it ends may be changed."""

    class Meta:
        model = RoleAssignment
        fields = [*_FIXED, "ends_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            for name in _FIXED:
                self.fields[name].disabled = True


class RoleFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """A person's roles; `actor` is set by the admin class."""

    actor: User

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        for disposal in self.disposals():
            _check(disposal, by=self.actor)
            if (
                disposal.verb is Verb.END_ROLE
                and disposal.ends_on is None
                and disposal.scope is not None
                and needs_confirmation(disposal.scope, Verb.GRANT_ROLE)
            ):
                message = f"“{disposal.scope}”的记录不能删除；请填写止日来结束。"
                raise forms.ValidationError(message)

    def disposals(self) -> Iterator[Disposal]:
        """Yield the acts that the changed rows amount to."""
        for form in self.forms:
            assignment: RoleAssignment = form.instance
            is_deleted = form in self.deleted_forms
            if not (form.has_changed() or is_deleted) or (is_deleted and assignment._state.adding):
                continue
            yield Disposal(
                self._verb(form, is_deleted=is_deleted),
                self.instance,
                scope=RoleScope.of(assignment),
                starts_on=assignment.starts_on,
                ends_on=None if is_deleted else assignment.ends_on,
            )

    def _verb(self, form: Any, *, is_deleted: bool) -> Verb:
        if is_deleted:
            return Verb.END_ROLE
        if form.instance._state.adding:
            return Verb.GRANT_ROLE
        before: dt.date | None = form.initial.get("ends_on")
        after: dt.date | None = form.instance.ends_on
        is_longer = before is not None and (after is None or after > before)
        return Verb.GRANT_ROLE if is_longer else Verb.END_ROLE


def save_roles(request: SignedInRequest, formset: RoleFormSet) -> None:
    """Do what the rows ask for; Django's own record of the form names none of them."""
    for disposal in list(formset.disposals()):
        perform_and_report(request, disposal)
    formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
