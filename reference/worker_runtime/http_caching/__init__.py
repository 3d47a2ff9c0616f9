"""HTTP Caching: what may be stored, how long it is good, and how it is made good again; no clock is
read and nothing kept here.

RFC 9111: https://www.rfc-editor.org/rfc/rfc9111
RFC 5861, Cache-Control Extensions for Stale Content: https://www.rfc-editor.org/rfc/rfc5861
RFC 8246, Immutable Responses: https://www.rfc-editor.org/rfc/rfc8246
"""
