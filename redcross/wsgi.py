"""The WSGI application; it does not start with keys that do not match the data."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "redcross.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402  needs loaded applications

from redcross.accounts.canary import exit_on_wrong_keys  # noqa: E402

if settings.KEYS_CHECKED_AT_START:
    exit_on_wrong_keys()
