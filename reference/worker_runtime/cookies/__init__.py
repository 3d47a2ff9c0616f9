"""Cookies: what servers give a client to bring along next time.

Cookies: HTTP State Management Mechanism:
https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html
"""
