"""The command line without an installation: `python3 reference serve hello.py`; also the entry of
the .pyz.
"""

import sys

from worker_runtime.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
