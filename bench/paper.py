"""Draw the tables of a paper: the face of bench/show/paper/."""

import sys

from bench.show.paper.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
