"""Reports for people and programs: one module per format.

Each format is a pure function from a report to text, `to_<format>`.
"""
