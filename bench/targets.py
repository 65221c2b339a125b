"""Ask about the targets: the face of bench/show/ask_targets.py, with the targets of plugins."""

import sys

from bench.plugin.asking import main

if __name__ == "__main__":
    sys.exit(main())
