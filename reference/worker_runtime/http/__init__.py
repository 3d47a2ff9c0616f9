"""HTTP/1.1: the messages that clients and servers send each other, as bytes; no socket is opened
here.

RFC 9110, HTTP Semantics: https://www.rfc-editor.org/rfc/rfc9110
RFC 9112, HTTP/1.1: https://www.rfc-editor.org/rfc/rfc9112
"""
