"""The step that recognises: where a worksheet's tables stand, and what their columns are.

In go a grid, a sheet's columns and what people have told of headings before; out comes one
`Layout` for each table. The modules, in the order of the work:

    recognising  the step as a whole, table by table
    texts        the rows of a worksheet, fetched as they are asked for
    words        how headings are folded
    vocabulary   the headings a sheet knows
    levels       how many rows a heading takes, what stands over each column
    places       where headings stand, one below the other
    beside       tables that stand beside each other
    columns      which field each column holds
    nearness     what an unknown heading is nearly called
    units        万元 in headings and around the table
    body         which rows are data; phrases and kinds tell what the others are
    sums         totals outside the rows
    layout       what comes out
"""

from redcross.uploads.heading.layout import JOINER, Layout, TotalRow
from redcross.uploads.heading.places import MOST_TABLES
from redcross.uploads.heading.recognising import below, recognise
from redcross.uploads.heading.texts import index_of
from redcross.uploads.heading.units import multiple_for, multiple_of
from redcross.uploads.heading.words import plain

__all__ = [
    "JOINER",
    "MOST_TABLES",
    "Layout",
    "TotalRow",
    "below",
    "index_of",
    "multiple_for",
    "multiple_of",
    "plain",
    "recognise",
]
