"""Web IDL: what the standards' interfaces are, and whether the Python package has them."""
