"""URL Pattern: matching URLs, or their components, against patterns such as "/books/:id".

https://urlpattern.spec.whatwg.org/, read at 203d435c32 (2026-03-20). Its regular expressions follow
ECMA-262,
https://tc39.es/ecma262/.
"""
