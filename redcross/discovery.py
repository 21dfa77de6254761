"""What apps declare by a module of a name, found once a process."""

import functools

from django.utils.module_loading import autodiscover_modules

discover = functools.cache(autodiscover_modules)
"""Import the module of this name in every app that has one; the next time nothing is looked for."""
