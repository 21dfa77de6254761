"""Numbers of Simplified Chinese: Django groups none of its digits, statements group by three."""

NUMBER_GROUPING = 3
THOUSAND_SEPARATOR = ","
