"""Build the page of a run anew: the face of bench/show/page/."""

import sys

from bench.show.page.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
