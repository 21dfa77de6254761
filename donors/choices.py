"""Closed lists of the three donations."""

from django.db import models


class BloodType(models.TextChoices):
    """ABO group."""

    A = "A", "A型"
    B = "B", "B型"
    AB = "AB", "AB型"
    O = "O", "O型"  # noqa: E741  the group's name


class Step(models.TextChoices):
    """The way of a volunteer from the first match to the collection of stem cells."""

    FIRST_MATCH = "FIRST_MATCH", "初配相合"
    RECONFIRMATION = "RECONFIRMATION", "再动员"
    HIGH_RESOLUTION = "HIGH_RESOLUTION", "高分辨检测"
    EXAMINATION = "EXAMINATION", "体检"
    COLLECTION = "COLLECTION", "采集捐献"
    FOLLOW_UP = "FOLLOW_UP", "回访"


class Outcome(models.TextChoices):
    """How a step ended."""

    PASSED = "PASSED", "通过"
    LEFT = "LEFT", "退出"


class ExitReason(models.TextChoices):
    """Why a volunteer leaves the way."""

    UNREACHABLE = "UNREACHABLE", "联系不上"
    DECLINED = "DECLINED", "本人或家属不同意"
    UNFIT = "UNFIT", "体检不合格"
    PATIENT = "PATIENT", "患者放弃或延期"
    OTHER = "OTHER", "其他"


class WishChannel(models.TextChoices):
    """How a wish was registered."""

    ONLINE = "ONLINE", "线上"
    OFFLINE = "OFFLINE", "线下"


class AgeBand(models.TextChoices):
    """Age of a donor, no finer than a statistic needs."""

    CHILD = "CHILD", "0-17岁"
    YOUNG = "YOUNG", "18-44岁"
    MIDDLE = "MIDDLE", "45-59岁"
    OLD = "OLD", "60岁以上"


class Category(models.TextChoices):
    """The classes of deceased donation used in China."""

    DBD = "DBD", "脑死亡"
    DCD = "DCD", "心脏死亡"
    DBCD = "DBCD", "脑-心双死亡"


class ConsentBy(models.TextChoices):
    """Who of the family consented in writing."""

    SPOUSE_CHILDREN_PARENTS = "SPOUSE_CHILDREN_PARENTS", "配偶、成年子女、父母"
    BOTH_PARENTS = "BOTH_PARENTS", "父母双方"
    OTHER_RELATIVES = "OTHER_RELATIVES", "其他近亲属"


class Scope(models.TextChoices):
    """What a consent covers."""

    STEM_CELLS = "STEM_CELLS", "造血干细胞捐献"
    ORGAN_WISH = "ORGAN_WISH", "器官捐献意愿"
    CASE = "CASE", "器官或遗体捐献"
    PUBLICITY = "PUBLICITY", "宣传使用"


class ConsentForm(models.TextChoices):
    """How a consent was given."""

    WRITTEN = "WRITTEN", "书面"
    ONLINE = "ONLINE", "线上"


class VaultActKind(models.TextChoices):
    """What is done inside the vault."""

    LOOKED_UP = "LOOKED_UP", "查看身份"
    ERASED = "ERASED", "删除个人信息"


class LetterDirection(models.TextChoices):
    """Whose letter it is."""

    FROM_FAMILY = "FROM_FAMILY", "捐献者家属来信"
    TO_FAMILY = "TO_FAMILY", "致捐献者家属"
