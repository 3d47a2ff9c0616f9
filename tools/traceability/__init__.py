"""Traceability: from an address of a standard to the code that follows it and the tests that check
it, and back.
"""
