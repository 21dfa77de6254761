"""How certain a guess is."""

import enum


class Certainty(enum.StrEnum):
    """YES: the workbook says so. LIKELY: it follows from the workbook. NO: nothing says so."""

    YES = "yes"
    LIKELY = "likely"
    NO = "no"
