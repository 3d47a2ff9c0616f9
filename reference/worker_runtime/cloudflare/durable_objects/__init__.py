"""Durable Objects: objects that exist once, with a storage of their own. SPEC_NOTES.md,
"Durable Objects", is their text; their shape is Cloudflare's.
"""
