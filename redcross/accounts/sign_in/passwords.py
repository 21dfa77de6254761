"""Password rules: character classes, history, maximum age."""

import datetime as dt

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from redcross.accounts.models import SafetySettings, UsedPassword, User
from redcross.files.passwords import MIN_CLASSES, count_character_classes


class CharacterClassesValidator:
    """Requires three of lower case, upper case, digits and other characters."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError if fewer classes are used."""
        if count_character_classes(password) < MIN_CLASSES:
            raise ValidationError(self.get_help_text(), code="password_not_mixed")

    def get_help_text(self) -> str:
        """Return the rule as a sentence."""
        return "密码须含大写字母、小写字母、数字、符号中的至少三类。"


class PasswordHistoryValidator:
    """Refuses the user's last passwords, the current one included."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError if the user had this password recently."""
        if user is None or user.pk is None:
            return
        count = SafetySettings.current().password_history
        recent = user.used_passwords.order_by("-set_at", "-pk").values_list("encoded", flat=True)
        if any(check_password(password, encoded) for encoded in [user.password, *recent[:count]]):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def password_changed(self, password: str, user: User | None = None) -> None:
        """Store the hash of the new password and delete hashes older than the history."""
        if user is None or user.pk is None:
            return
        UsedPassword.objects.create(user=user, encoded=user.password, set_at=timezone.now())
        count = SafetySettings.current().password_history
        recent = user.used_passwords.order_by("-set_at", "-pk").values("pk")[:count]
        user.used_passwords.exclude(pk__in=list(recent.values_list("pk", flat=True))).delete()

    def get_help_text(self) -> str:
        """Return the rule as a sentence."""
        return "新密码不能与最近用过的密码相同。"


def is_password_expired(user: User, now: dt.datetime) -> bool:
    """Return whether the password must be changed because of its age."""
    days = SafetySettings.current().password_days
    return days > 0 and now - user.password_set_at > dt.timedelta(days=days)
