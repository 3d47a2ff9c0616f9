"""The oracle: each algorithm that is a function of its arguments, asked in a line of JSON and
answered in another.

SPEC_NOTES.md, "The oracle". It implements no web standard; what it answers is what the other rooms
do.
"""
