"""The hidden rules, a file a family: label functions, and samplers of either class."""
