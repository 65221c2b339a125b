"""List the runs of a reports folder: the face of bench/show/runs.py."""

import sys

from bench.show.runs import main

if __name__ == "__main__":
    sys.exit(main())
