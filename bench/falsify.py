"""Try the programs of an earlier run as their rules: the face of bench/plugin/asking.py."""

import sys

from bench.plugin.asking import falsify as main

if __name__ == "__main__":
    sys.exit(main())
