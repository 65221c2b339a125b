"""The template of the page. To compile it takes a third of a second, so what came of it is kept."""

from contextlib import suppress
from functools import cache
from importlib import metadata
from importlib.resources import files
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from jinja2.bccache import Bucket, FileSystemBytecodeCache

from bench.show.page.text import visible


@cache
def template(name: str, package: str = __package__) -> Template:
    """The template in the file of this name, beside the modules of a package."""
    return _environment(package).get_template(name)


@cache
def _environment(package: str) -> Environment:
    return Environment(
        loader=FunctionLoader(lambda name: resource(name, package)),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=Compiled(Path(cache_from_source(__file__)).parent),
    )


class Compiled(FileSystemBytecodeCache):
    """Compiled templates in files, beside the compiled modules."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), "%s.jinja.cache")
        self._made_by = f"{metadata.version('jinja2')} {resource(Path(__file__).name)}"

    def get_source_checksum(self, source: str) -> str:
        """What a compiled template was made of; with anything else it is compiled anew."""
        return super().get_source_checksum(f"{self._made_by} {source}")

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it where the folder can be written: an installed package's often cannot."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def resource(name: str, package: str = __package__) -> str:
    """The text of a file beside the modules of a package."""
    return (files(package) / name).read_text(encoding="utf-8")


def _shown(value: object) -> object:
    """A value as the template puts it on the page: in plain text nothing stays hidden."""
    return visible(value) if type(value) is str else value
