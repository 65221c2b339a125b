"""List the runs of a reports folder: the face of bench/show/run_list.py."""

import sys

from bench.show.run_list import main

if __name__ == "__main__":
    sys.exit(main())
