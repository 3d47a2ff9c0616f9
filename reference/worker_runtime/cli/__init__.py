"""The command line: `serve`, `fetch`, `ws` and `oracle`, and the built-in page."""
