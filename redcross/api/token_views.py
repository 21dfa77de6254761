"""The page on which a user creates and revokes his API tokens."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import has_role
from redcross.api.choices import TokenScope
from redcross.api.models import ApiToken, create_token
from redcross.indicators.query.query_params import FIGURE_ROLES

MAX_LIFETIME = dt.timedelta(days=366)


class TokenForm(forms.Form):
    """Purpose, scopes and end date of a new token."""

    name = forms.CharField(label="用途", max_length=60)
    scopes = forms.MultipleChoiceField(
        label="权限", choices=TokenScope.choices, widget=forms.CheckboxSelectMultiple
    )
    ends_on = forms.DateField(label="有效期至", help_text="写成 2022-12-31，最长一年。")

    def clean_ends_on(self) -> dt.date:
        """Require a date between today and a year from now."""
        day: dt.date = self.cleaned_data["ends_on"]
        today = timezone.localdate()
        if not today <= day <= today + MAX_LIFETIME:
            raise forms.ValidationError("有效期须在今天到一年以内。")
        return day


@login_required
@require_http_methods(["GET", "POST"])
def tokens(request: SignedInRequest) -> HttpResponse:
    """List the user's tokens; create one and show its secret once."""
    if not has_role(request.user, FIGURE_ROLES):
        raise Http404
    form = TokenForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "today": timezone.localdate()}
    if request.method == "POST" and form.is_valid():
        _, context["secret"] = create_token(
            request.user, **form.cleaned_data, today=timezone.localdate()
        )
        context["form"] = TokenForm()
    context["tokens"] = ApiToken.objects.filter(user=request.user)[:50]
    return render(request, "portal/tokens.html", context)


@login_required
@require_POST
def revoke_token(request: SignedInRequest, pk: int) -> HttpResponse:
    """Revoke one of the user's tokens."""
    token = get_object_or_404(ApiToken, pk=pk, user=request.user)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
    messages.success(request, f"令牌“{token}”已停用。")
    return redirect("tokens")
