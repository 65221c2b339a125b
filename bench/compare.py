"""Compare runs point by point: the face of bench/show/compare/."""

import sys

from bench.show.compare.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
