"""Celery tasks of notices: mail is sent by a worker, so that no page waits for it."""

import smtplib

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage

from redcross.accounts.tasks import ScopedTask


class MailTask(ScopedTask):
    """Runs without a scope: it touches no branch-owned row."""

    abstract = True
    opens_own_scope = True


@shared_task(
    name="notices.mail",
    base=MailTask,
    autoretry_for=(smtplib.SMTPException, OSError),
    retry_backoff=60,
    max_retries=5,
)
def send_mail(*, addresses: list[str], text: str, link: str) -> None:
    """Send a notice by mail; each recipient gets a message of his own."""
    body = f"{text}\n\n{settings.SITE_URL}{link}" if link else text
    for address in addresses:
        EmailMessage("红十字会业务门户通知", body, to=[address]).send()
