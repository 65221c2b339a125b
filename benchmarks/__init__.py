"""How fast things are, each measured beside a baseline in one run: named ratios come out."""
