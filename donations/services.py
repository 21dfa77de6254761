"""Acts of a desk on givers."""

from donations.models import Giver
from redcross.accounts.models import User


class MergeError(Exception):
    """Two givers cannot be made one; the message says why."""


def merge_giver(giver: Giver, into: Giver, *, user: User) -> None:
    """Take two names for one giver, by a person's decision; no gift is touched.

    Raises MergeError where they are the same row, `into` is itself merged, or their
    branches differ: an organisation that gives in two prefectures is theirs to know.
    """
    if giver.pk == into.pk:
        message = "不能并入自己。"
        raise MergeError(message)
    if into.merged_into_id:
        message = f"“{into}”已并入“{into.merged_into}”，请选择后者。"
        raise MergeError(message)
    if not (giver.branch.contains(into.branch) or into.branch.contains(giver.branch)):
        message = "两个捐赠人属于互不隶属的单位，不能合并。"
        raise MergeError(message)
    Giver.objects.visible_to(user).filter(merged_into=giver).update(merged_into=into)
    giver.merged_into = into
    giver.save(update_fields=["merged_into"])


def separate_giver(giver: Giver, *, user: User) -> None:
    """Take a merged giver for himself again."""
    Giver.objects.visible_to(user).filter(pk=giver.pk).update(merged_into=None)
