"""`python3 -m worker_runtime` is the command, too, under whatever name the folder has."""

import sys

from .cli.main import main

if __name__ == "__main__":
    sys.exit(main())
