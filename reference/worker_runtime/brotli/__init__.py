"""Brotli: the compressed data format that HTTP calls "br", decoded and encoded as it comes.

RFC 7932: https://www.rfc-editor.org/rfc/rfc7932, of July 2016.
"""
