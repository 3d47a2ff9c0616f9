"""XMLHttpRequest: the parts of it that outlived it, FormData and ProgressEvent.

https://xhr.spec.whatwg.org/, read at d375b2858e (2026-05-14).
"""
