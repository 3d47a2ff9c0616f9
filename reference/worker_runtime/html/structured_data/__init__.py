"""Structured data: values that cross from one realm to another, or into storage.

HTML Standard, 2.7: https://html.spec.whatwg.org/multipage/structured-data.html
"""
