"""The result of a search, and the results that it is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """A trivial rule that knows nothing of the target, and its accuracy on the test split."""

    rule: str
    accuracy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """An upper bound on the true error; None where it does not apply."""

    error: float | None
    vacuous: bool
    """Whether it says nothing that was not known before: it is 1 or more, or does not apply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Upper bounds on a program's true error, by their sources: see bench/score/bounds.py."""

    confidence: float
    validation: Bound
    occam: Bound
    paper: Bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Generalization:
    """The selected program at a length that it was not selected at."""

    length: int
    size: int
    """Inputs that it was tested on."""
    accuracy: float | None
    error: str | None = None
    """Why there is no accuracy, or what was wrong on some of the inputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterexample:
    """An input on which the selected program is not the target's rule."""

    input: str
    label: int
    prediction: int | None
    """None where the program raised there, or gave something else than 0 or 1."""
    source: str
    """Among which inputs it was found, before it was made simpler: see score/falsifiers.py."""
    smallest: bool = False
    """Whether all simpler inputs of the length were tried, so that this is the simplest of all."""
    beside: str | None = None
    """A simpler input that the program gets right: where the two differ, it goes wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """On how many inputs of one source the selected program agrees with the target's rule."""

    source: str
    tried: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of a search. `val_acc` is 1.0 exactly where the grid point is solved."""

    selected: int | None = None
    """The selected attempt's number, None where no attempt has a validation accuracy."""
    val_acc: float | None = None
    test_acc: float | None = None
    val_size: int | None = None
    test_size: int | None = None
    """The sizes of the splits. Only a line that another program wrote may lack them."""
    error: str | None = None
    """Why the selected candidate has no test accuracy, where it has none."""
    shortcut: Shortcut | None = None
    """The shortcut audit's best rule for this dataset."""
    description_bits: float | None = None
    bounds: Bounds | None = None
    generalization: tuple[Generalization, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader of the numbers has to know, such as a split smaller than was asked for."""
    attempts: int = 0
    """How many were made."""
    allowed: int | None = None
    """How many were allowed, and whether the first perfect one ended the search; None in the lines
    of an earlier version.
    """
    stops_early: bool | None = None
    recovered: bool | None = None
    """Whether no input was found on which a solving program is not the rule; None: not tried."""
    counterexample: Counterexample | None = None
    falsify_tried: int = 0
    """On how many inputs it was tried, those of the test split among them."""
    falsify_error: str | None = None
    """Why it could not be tried on all of them."""
    agreement: tuple[Agreement, ...] = ()
    """By the sources of these inputs."""
    other_lengths: tuple[Generalization, ...] = ()
    """Some inputs at the lengths around its own, which have no part in `recovered`."""
    test_no_label: int | None = None
    """On how many test inputs the selected program raised, or gave something else than 0 or 1.

    None where it has no test accuracy, of a predictor, and in the lines of an earlier version.
    """

    @property
    def solved(self) -> bool:
        """Whether a candidate reached validation accuracy exactly 1.0."""
        return self.val_acc == 1.0
