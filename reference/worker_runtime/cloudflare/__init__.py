"""What Cloudflare Workers have beyond the standards. Its text, with anchors, is in
SPEC_NOTES.md.
"""
