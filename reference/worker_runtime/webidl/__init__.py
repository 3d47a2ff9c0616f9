"""Web IDL: how the platform's values, errors, promises and interfaces look in Python.

https://webidl.spec.whatwg.org/, read at e1300e95ea (2026-03-27). Promises follow ECMA-262,
https://tc39.es/ecma262/.
"""
