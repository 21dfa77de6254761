"""`python -m tools.bench` measures uploads and pages on a database of its own."""
