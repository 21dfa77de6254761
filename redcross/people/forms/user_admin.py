"""Users and their roles in the record pages, under the same rules as the people pages.

Changes are checked as account actions before anything is saved, and executed by
`services.perform`; if a second administrator must confirm, a request is created instead.
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
from redcross.people.account_actions import AccountAction
from redcross.people.choices import ActionVerb
from redcross.people.execution import PeopleError
from redcross.people.rules import RoleScope, needs_confirmation
from redcross.people.services import ActionRefusedError, check_action, log_refusal, perform

_FIXED = ("role", "branch", "domain", "sheets", "starts_on")


def _check(action: AccountAction, *, by: User) -> None:
    """Raise ValidationError, with who may, unless the action is allowed."""
    try:
        check_action(action, by=by, now=timezone.now())
    except PeopleError as error:
        if isinstance(error, ActionRefusedError):
            log_refusal(error, by=by)
        raise forms.ValidationError(str(error)) from error


def perform_and_report(request: SignedInRequest, action: AccountAction) -> None:
    """Perform a checked action; show whether it waits for confirmation or why it failed."""
    try:
        outcome = perform(action, by=request.user, now=timezone.now())
    except PeopleError as error:
        messages.error(request, str(error))
        return
    if outcome.request is not None:
        messages.warning(
            request, f"{action.person}：{action}，已提出，须由另一名系统管理员确认后才生效。"
        )
    elif outcome.result.password:
        messages.warning(request, f"{action.person}还没有密码，请到“人员与账户”重置密码。")


class UserForm(ModelForm):  # type: ignore[type-arg]
    """The fields of a user; the admin class sets `actor`."""

    actor: User

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.instance._state.adding:
            person = User.objects.get(pk=self.instance.pk)
            for verb in self.verbs():
                _check(AccountAction(verb, person), by=self.actor)
        return cleaned

    def verbs(self) -> list[ActionVerb]:
        """Return the action verbs of the changed fields."""
        verbs = [ActionVerb.EDIT_ACCOUNT] if set(self.changed_data) - {"is_active"} else []
        if "is_active" in self.changed_data:
            is_active = self.cleaned_data.get("is_active")
            verbs.append(ActionVerb.REOPEN_ACCOUNT if is_active else ActionVerb.CLOSE_ACCOUNT)
        return verbs


def save_user(request: SignedInRequest, form: UserForm, *, change: bool) -> None:
    """Save the fields of a user; a change of `is_active` becomes an account action."""
    person: User = form.instance
    if not change:
        person.set_unusable_password()
        person.save()
        return
    if "is_active" in form.changed_data:
        person.is_active = bool(form.initial["is_active"])
    for verb in form.verbs():
        perform_and_report(request, AccountAction(verb, person))


class RoleForm(ModelForm):  # type: ignore[type-arg]
    """One role; only the end of an existing role can be changed."""

    class Meta:
        model = RoleAssignment
        fields = [*_FIXED, "ends_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            for name in _FIXED:
                self.fields[name].disabled = True


class RoleFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The roles of a user; the admin class sets `actor`."""

    actor: User

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        for action in self.actions():
            _check(action, by=self.actor)
            if (
                action.verb is ActionVerb.END_ROLE
                and action.ends_on is None
                and action.scope is not None
                and needs_confirmation(action.scope, ActionVerb.GRANT_ROLE)
            ):
                message = f"“{action.scope}”的记录不能删除；请填写止日来结束。"
                raise forms.ValidationError(message)

    def actions(self) -> Iterator[AccountAction]:
        """Yield the account actions of the changed rows."""
        for form in self.forms:
            assignment: RoleAssignment = form.instance
            is_deleted = form in self.deleted_forms
            if not (form.has_changed() or is_deleted) or (is_deleted and assignment._state.adding):
                continue
            yield AccountAction(
                self._verb(form, is_deleted=is_deleted),
                self.instance,
                scope=RoleScope.of(assignment),
                starts_on=assignment.starts_on,
                ends_on=None if is_deleted else assignment.ends_on,
            )

    def _verb(self, form: Any, *, is_deleted: bool) -> ActionVerb:
        if is_deleted:
            return ActionVerb.END_ROLE
        if form.instance._state.adding:
            return ActionVerb.GRANT_ROLE
        before: dt.date | None = form.initial.get("ends_on")
        after: dt.date | None = form.instance.ends_on
        is_longer = before is not None and (after is None or after > before)
        return ActionVerb.GRANT_ROLE if is_longer else ActionVerb.END_ROLE


def save_roles(request: SignedInRequest, formset: RoleFormSet) -> None:
    """Perform the actions of the changed rows."""
    for action in list(formset.actions()):
        perform_and_report(request, action)
    formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
