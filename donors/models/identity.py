"""Identities and consents of donors: the vault."""

from django.db import models
from django.db.models import F, Q

from donors.choices import (
    ConsentForm,
    Scope,
)
from redcross.accounts.encryption import BlindIndexField, EncryptedField
from redcross.uploads.models import Record

CODE_LENGTH = 12


class DonorIdentity(Record):
    """Who a code stands for: the vault. No history is kept, every value is encrypted."""

    in_vault = True

    code = models.CharField("代码", max_length=CODE_LENGTH)
    name = EncryptedField("姓名", null=True, blank=True)
    id_number = EncryptedField("身份证号", kind="id_number", null=True, blank=True)
    id_number_index = BlindIndexField(of="id_number")
    phone = EncryptedField("联系电话", kind="phone", null=True, blank=True)
    phone_index = BlindIndexField(of="phone")
    relative = EncryptedField("亲友联系人", null=True, blank=True)
    relative_phone = EncryptedField("亲友电话", kind="phone", null=True, blank=True)
    relative_phone_index = BlindIndexField(of="relative_phone")
    erased_on = models.DateField("删除日期", null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = "捐献者身份"
        verbose_name_plural = "捐献者身份"
        constraints = [*Record.Meta.constraints]
        indexes = [models.Index(name="donor_identity_by_code", fields=["code"])]

    def __str__(self) -> str:
        return self.code


class Consent(Record):
    """What a person, or his family, agreed to: the vault."""

    in_vault = True

    code = models.CharField("代码", max_length=CODE_LENGTH)
    scope = models.CharField("范围", max_length=12, choices=Scope)
    form = models.CharField("形式", max_length=8, choices=ConsentForm, default=ConsentForm.WRITTEN)
    signed_on = models.DateField("签署日期")
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "同意书"
        verbose_name_plural = "同意书"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="consent_scope_is_known", condition=Q(scope__in=Scope.values)
            ),
            models.CheckConstraint(
                name="consent_form_is_known", condition=Q(form__in=ConsentForm.values)
            ),
            models.CheckConstraint(
                name="consent_withdrawn_after_signed",
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("signed_on")),
                violation_error_message="撤回日期不能早于签署日期。",
            ),
        ]
        indexes = [models.Index(name="consent_by_code", fields=["code"])]

    def __str__(self) -> str:
        return f"{self.code} {self.get_scope_display()}"


class ConsentedRecord(Record):
    """A record of a person whose identity and consent are in the vault."""

    identity = models.ForeignKey(
        DonorIdentity,
        verbose_name="身份",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    consent = models.ForeignKey(
        Consent,
        verbose_name="同意书",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta(Record.Meta):
        abstract = True
