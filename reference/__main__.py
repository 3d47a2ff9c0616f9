"""The command line without an installation: `python3 reference serve hello.py`; also the entry of
the .pyz.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit("Worker Runtime needs Python 3.11 or newer; this is %d.%d" % sys.version_info[:2])

from worker_runtime.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
