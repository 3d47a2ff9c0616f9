"""Web workers: scopes of their own for scripts that run beside others.

HTML Standard, 10: https://html.spec.whatwg.org/multipage/workers.html
"""
