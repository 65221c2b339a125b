"""Prepare hosts for `--tx`: the face of bench/plugin/hosts/preparing.py."""

import sys

from bench.plugin.hosts.preparing import main

if __name__ == "__main__":
    sys.exit(main())
