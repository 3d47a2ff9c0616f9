"""The runtime: loads, starts, stops and reloads workers, and gives them their bindings. It opens no
socket.
"""
