"""Every threshold of reading a workbook, in one place."""

import dataclasses
from decimal import Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Tuning:
    """The numbers by which tables, headings and cells are judged; each with what it decides."""

    # Similar headings (scores from 0 to 100)
    min_similarity: float = 75.0  # from here on a heading is a field's, where no other is near
    min_margin: float = 6.0  # by so much the best field must lead the second
    min_similarity_with_content: float = 45.0  # least of the heading where the cells add the rest
    max_unknown_columns: int = 60  # more unknown columns are those of another kind of table

    # What is looked at
    sample_rows: int = 300  # rows of a column that are parsed to see what it holds
    title_rows: int = 6  # rows above a heading that belong to its title
    max_tables: int = 2000  # a list of fifty thousand lines prints its heading on 1,700 pages

    # Rows of a worksheet that goes on under the heading of the one before
    min_fitting_columns: int = 3  # columns that hold what only such columns hold
    many_rows: int = 10  # from so many rows on one column less will do

    # Columns read by their content
    max_measure_length: int = 3  # 件, 箱: a longer cell is no measure
    min_list_cells: int = 3  # fewer words of a closed list may be there by chance
    max_list_word: int = 12  # a longer cell is a sentence
    min_title_name: int = 4  # a shorter name is not looked for in titles

    # Plausibility
    one_unnamed_in: int = 5  # one cell of so many may name no branch in a column of branches
    few_rows: int = 4  # so few rows have no usual size
    jump_factor: int = 1000  # from so many times the median an amount is doubted
    implausible_amount: Decimal = Decimal(10) ** 9  # yuan that no branch raises in a period
    min_excerpt_rows: int = 3  # fewer rows stand on two worksheets by chance

    # What people are shown
    quoted_length: int = 40  # characters of a cell quoted in a sentence
    shown_length: int = 80  # characters of a value or heading beside a finding
    listed_labels: int = 8  # labels named where no heading is found
    grouped_rows: int = 20  # row numbers listed for a group of findings
    preview_rows: int = 5  # first rows shown as read
    max_preview_rows: int = 2000  # rows in doubt kept to be looked at


TUNING = Tuning()
