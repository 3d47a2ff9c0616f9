"""The HTTP benchmark: scenarios, the servers that answer them, and the clients that ask."""
