"""The demonstration: invented workbooks sent through the import pipeline."""
