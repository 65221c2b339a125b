"""Join the shards of a run: the face of bench/show/merged.py."""

import sys

from bench.show.merged import main

if __name__ == "__main__":
    sys.exit(main())
