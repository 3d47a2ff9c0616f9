"""The WebSocket Protocol, without a socket.

RFC 6455: https://www.rfc-editor.org/rfc/rfc6455
RFC 7692, Compression Extensions for WebSocket: https://www.rfc-editor.org/rfc/rfc7692
"""
