"""The server: connections, requests and responses, and the command line that puts it all together.

It implements no web standard; what it speaks is HTTP/1.1, in the room `http`.
"""
