"""pytest's way in: the options, the grid and the fixtures are in bench/plugin/."""

pytest_plugins = ["bench.plugin"]
