"""Ask about the targets: the face of bench/plugin/asking.py."""

import sys

from bench.plugin.asking import ask as main

if __name__ == "__main__":
    sys.exit(main())
