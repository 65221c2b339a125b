"""`from bench import run`: what there is before it is called. Nothing heavy is imported here."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.run.readback import Results


def run(**options: object) -> "Results":
    """Search at each point that these options mean, in this process, without pytest.

    Options go by their names, dashes as underscores: `run(functions=["fn_a"], max_cost=5)`. They
    mean what they mean on a command line, paths and folders are relative to the current folder, and
    a value that is not allowed is a SettingsError with the line that a run would end with.

    The results are what `bench.results.load` reads of a run: typed attempts and points, the
    manifest with the points that were not decided and why, and a DataFrame. Datasets and the ledger
    are written as by any run, and nothing else. Raises SettingsError and JailBroken before anything
    is asked, and Outage where no point at all could be decided.
    """
    from bench.run.in_process import run_in_process

    return run_in_process(options)
