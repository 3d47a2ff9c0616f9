"""Encoding's streams: text and bytes as they pass through a TransformStream.

Encoding Standard, 8: https://encoding.spec.whatwg.org/#interface-textdecoderstream
"""
