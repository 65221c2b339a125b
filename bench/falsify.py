"""Try the programs of an earlier run as their rules: the face of bench/show/falsified.py."""

import sys

from bench.show.falsified import main

if __name__ == "__main__":
    sys.exit(main())
