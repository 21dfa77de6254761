"""Every threshold of reading a workbook, in one place."""

import dataclasses
from decimal import Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Tuning:
    """The numbers by which tables, headings and cells are judged; each with what it decides."""

    # Which field a heading stands for: one scale from 0 to 200. Up to 100 the heading is only
    # similar; above, the sheet's own words name the field and nothing else is asked.
    person_score: float = 200.0  # somebody chose the field for this heading before
    label_score: float = 190.0  # the heading is the field's label
    alias_score: float = 185.0  # it is another word of the field
    group_score: float = 174.0  # its lowest level is, below a group worded a little differently
    stem_score: float = 168.0  # it is one but for words that only fill it up
    general_word_score: float = 166.0  # it is what the branch is called in every sheet
    pattern_score: float = 156.0  # it fits one of the field's patterns
    substring_score: float = 101.0  # a word within it points to the field; taken after all others
    leaf_penalty: float = 6.0  # the lowest level says so, not the whole heading
    joined_levels_penalty: float = 8.0  # the levels say so only when run together
    own_group_penalty: float = 10.0  # the lowest level says so, below the field's own group
    other_group_penalty: float = 26.0  # the lowest level says so, below another group
    dropped_level_penalty: float = 28.0  # the levels above a unit or a sum say so
    max_heading_length: int = 40  # a longer cell is no heading
    max_substring_cell: int = 12  # a longer cell is not known by a word within it
    max_cached_cells: int = 20_000  # cells whose rank is remembered while a table is searched

    # How similar a heading is to a field's words, from 0 to 100
    min_similarity: float = 75.0  # from here on a heading is a field's, where no other is near
    min_margin: float = 6.0  # by so much the best field must lead the second
    min_similarity_with_content: float = 45.0  # least of the heading where the cells add the rest
    min_proposal: float = 55.0  # from here on a field is proposed to the clerk
    min_candidate: float = 35.0  # less is not similar at all
    max_similar_length: int = 80  # a longer heading is a sentence and similar to nothing
    contained_score: float = 60.0  # of a word within a heading; the rest by its share of it
    reordered_factor: float = 0.95  # of the similarity of the same characters in another order
    numeric_penalty: float = 10.0  # nothing in a column of numbers tells what it counts
    one_sided_penalty: float = 8.0  # one of both says 本年, 累计 …, the other nothing
    ungrouped_heading_penalty: float = 5.0  # the heading is compared without its group
    ungrouped_word_penalty: float = 15.0  # the word is compared without its group
    max_unknown_columns: int = 60  # more unknown columns are those of another kind of table

    # What it adds that every cell is such a thing
    id_number_bonus: float = 40.0
    phone_bonus: float = 30.0
    choice_bonus: float = 25.0
    date_bonus: float = 15.0
    boolean_bonus: float = 10.0

    # What is looked at
    sample_rows: int = 300  # rows of a column that are parsed to see what it holds
    title_rows: int = 6  # rows above a heading that belong to its title
    max_tables: int = 2000  # a list of fifty thousand lines prints its heading on 1,700 pages

    # Where tables, their headings and their rows are
    scanned_rows: int = 60  # a first heading stands within so many rows
    similar_heading_rows: int = 15  # one that is only similar within so many
    min_similar_cells: int = 4  # so many cells of it are known or similar
    max_heading_rows: int = 3  # a heading has no more levels
    one_number_in: int = 3  # one cell of so many of a heading may be a number
    one_unlike_in: int = 3  # fewer than one cell of so many may differ in a repeated heading
    one_uncovered_in: int = 5  # one lower cell of so many may stand under no group
    max_merged_ranges: int = 5000  # with more merged cells those of headings are not filled in
    fetched_rows: int = 8  # rows fetched at once where one is asked for
    searched_rows: int = 50_000  # rows searched at once for further headings
    min_word_share: float = 0.6  # of the rows, in a column of words
    column_number_rows: int = 2  # rows below a heading that may number its columns
    min_numbered_columns: int = 3  # so many numbers in a row may be those of the columns
    max_first_number: int = 3  # with which these begin
    one_section_in: int = 3  # more sections than one row of so many are how an office counts
    doubtful_cells: int = 3  # a row with fewer read cells is looked at closely
    compared_headings: int = 3  # columns by which a repeated heading is looked for
    max_summary_rows: int = 3  # rows below the heading of a summary at the foot
    max_total_length: int = 60  # a longer cell is a sentence and no total
    max_single_cell: int = 12  # a longer cell alone in a row is a note
    note_rows: int = 8  # rows below a table in which a note may name its unit
    max_unit_cell: int = 120  # a longer cell does not name the unit of a table
    max_unit_row_cells: int = 3  # a row with more cells is a heading

    # Rows of a worksheet that goes on under the heading of the one before
    min_fitting_columns: int = 3  # columns that hold what only such columns hold
    many_rows: int = 10  # from so many rows on one column less will do
    one_blank_in: int = 5  # one cell of so many may be blank in a column that is filled
    one_error_in: int = 10  # one filled cell of so many may be unreadable

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
