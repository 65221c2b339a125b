"""The workflow: it parses, and calls nothing that is not there."""

import re
from pathlib import Path

import yaml

import bench
from bench.options.resolve import options

FILE = Path(__file__).parent.parent / ".github" / "workflows" / "bench.yml"


def test_every_option_and_module_it_names_exists() -> None:
    text = FILE.read_text()
    ours = {option.flag for option in options()}
    runs = re.findall(r"\.venv/bin/pytest bench(.*(?:\\\n.*)*)", text)
    assert len(runs) == 2
    flags = {flag for run in runs for flag in re.findall(r"--[a-z-]+", run)}
    assert flags <= ours | {"--junitxml"}
    assert {"--model", "--shard", "--max-cost"} <= flags
    assert "-m bench.merge shards/*/runs/* -o together" in text
    for module in re.findall(r"-m (bench\.\w+)", text):
        path = FILE.parents[2] / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists()


def test_nothing_that_a_user_typed_is_pasted_into_a_script() -> None:
    scripts = re.findall(r"run: \|\n((?: {10}.*\n|\n)+)", FILE.read_text())
    assert len(scripts) == 4
    assert not any("${{" in script for script in scripts)


def test_actions_are_pinned_by_hash_and_caches_by_attempt() -> None:
    texts = [file.read_text() for file in FILE.parent.glob("*.yml")]
    uses = [line for text in texts for line in text.splitlines() if "uses:" in line]
    assert uses
    assert all(re.search(r"uses: [\w/-]+@[0-9a-f]{40}  # v\d", line) for line in uses)
    # A job that is run again has the id of its run, and a cache with the same key is not saved.
    keys = re.findall(r"key: .*github\.run_id \}\}(.*)", FILE.read_text())
    assert keys
    assert set(keys) == {"-${{ github.run_attempt }}"}


def test_the_version_to_cite_is_the_projects() -> None:
    cited = yaml.safe_load((FILE.parents[2] / "CITATION.cff").read_text())
    assert cited["version"] == bench.__version__


def test_it_is_yaml_with_its_jobs() -> None:
    jobs = yaml.safe_load(FILE.read_text())["jobs"]
    assert set(jobs) == {"smoke", "model", "together"}
    assert all("runs-on" in job and job["steps"] for job in jobs.values())
