"""Extensions: what workers use and no standard defines. The text of each is in SPEC_NOTES.md,
section 5, with anchors of its own.
"""
