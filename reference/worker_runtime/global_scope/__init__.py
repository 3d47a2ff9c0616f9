"""Global scopes: the interfaces that several standards extend, put together above them all.

HTML Standard, 10.2: https://html.spec.whatwg.org/multipage/workers.html#infrastructure-2
"""
