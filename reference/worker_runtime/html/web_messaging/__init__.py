"""Web messaging: message channels and their ports, and broadcasting.

HTML Standard, 9.3 to 9.5: https://html.spec.whatwg.org/multipage/web-messaging.html
"""
