"""Server-sent events: a connection over which a server says things as they happen.

HTML Standard, 9.2: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""
