"""Zstandard: the compressed data format that HTTP calls "zstd", decoded as it comes.

RFC 8878: https://www.rfc-editor.org/rfc/rfc8878, of February 2021. RFC 9659 says how large a window
may be in HTTP.
"""
