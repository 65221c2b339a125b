"""What a dataset is drawn from, and the number that stands for all of it."""

import hashlib
import json
from dataclasses import dataclass

from bench.options.settings import DataOptions
from bench.question.splits import DEFAULT_SIZES, Sizes
from targets.base import Rule, Target


class DatasetError(Exception):
    """One line that says why there is no dataset, and what would fit."""


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    """What a dataset is drawn from."""

    target: Target
    length: int
    train_size: int
    val_size: int
    test_size: int
    seed: int
    trial: int
    negatives: str = "paper"
    representation: str = "anonymous"

    @property
    def hard(self) -> bool:
        """Whether the negatives are drawn the hard way: that is asked for, and differs here."""
        return self.negatives == "hard" and isinstance(self.target, Rule) and self.target.hardens

    @property
    def named(self) -> bool:
        """Whether a table's columns keep their names."""
        return self.representation == "named" and self.target.kind.argument == "features"

    @property
    def sizes(self) -> Sizes:
        """How many inputs each split is to hold."""
        return Sizes(self.train_size, self.val_size, self.test_size)

    @property
    def derived(self) -> int:
        """The number in the name of the dataset's folder.

        The first 31 bits of the SHA-256 of the JSON list [target name, length, train size, val
        size, test size, seed, trial], without spaces, as UTF-8; "hard" and "named" are added where
        they change the data of the target. What its rule is drawn from, with dials or another rule
        seed, stands in the name.
        """
        return self._hashed(self.sizes)

    @property
    def stream(self) -> int:
        """The seed of the drawing. All sizes share it, and so share their inputs."""
        return self._hashed(DEFAULT_SIZES)

    @property
    def seed_text(self) -> str:
        """What the words that draw the splits are seeded with."""
        return f"{self.target.name}:{self.length}:{self.stream}"

    def _hashed(self, sizes: Sizes) -> int:
        of_target = [self.target.name, self.length]
        of_sizes = [sizes.train, sizes.val, sizes.test]
        modes = ["hard"] * self.hard + ["named"] * self.named
        what = [*of_target, *of_sizes, self.seed, self.trial, *modes]
        text = json.dumps(what, separators=(",", ":"))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1


def spec_of(target: Target, length: int, trial: int, data: DataOptions) -> DatasetSpec:
    """What the dataset of a grid point is drawn from, under these options.

    Its train split has the largest size of the run: see `bench.question.dataset.beginning`.
    """
    return DatasetSpec(
        target=target,
        length=length,
        train_size=max(data.train_size),
        val_size=data.val_size,
        test_size=data.test_size,
        seed=data.seed,
        trial=trial,
        negatives=data.negatives,
        representation=data.tabular_representation,
    )
