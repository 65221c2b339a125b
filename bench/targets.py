"""Ask about the targets: the face of bench/show/audit.py."""

import sys

from bench.show.audit import main

if __name__ == "__main__":
    sys.exit(main())
