"""The learners by their names: what each needs, its estimator, and the grid that it chooses in.

Those that were published have the published grid, where that takes seconds; see docs/learners.md.
Grids begin with the plainest value: of two that do equally well the first is chosen.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

Grid = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Algorithm:
    """A learner, before it has seen anything."""

    module: str
    """What is imported for it."""
    package: str
    """What is installed for that."""
    make: Callable[[int], Any]
    """The estimator, by the seed of its random numbers."""
    grid: Grid = field(default_factory=dict)
    """Values of its parameters, between which cross-validation chooses."""

    @property
    def is_installed(self) -> bool:
        """Whether its library is there."""
        return find_spec(self.module) is not None

    def grid_for(self, examples: int) -> Grid:
        """The grid where it is fitted on so many examples: there are no more neighbours."""
        return {
            name: [value for value in values if name != "n_neighbors" or value <= examples]
            for name, values in self.grid.items()
        }


def _logistic(seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=10_000, random_state=seed)


def _tree(seed: int) -> Any:
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(random_state=seed)


def _forest(seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=128, random_state=seed)


def _boosting(seed: int) -> Any:
    from sklearn.ensemble import GradientBoostingClassifier

    return GradientBoostingClassifier(random_state=seed)


def _svm(seed: int) -> Any:
    from sklearn.svm import SVC

    return SVC(random_state=seed)


def _mlp(seed: int) -> Any:
    from sklearn.neural_network import MLPClassifier

    # It ends once the loss falls by less than the tolerance for ten rounds.
    return MLPClassifier(learning_rate_init=0.01, tol=1e-3, max_iter=2_000, random_state=seed)


def _knn(_seed: int) -> Any:
    from sklearn.neighbors import KNeighborsClassifier

    # One where nothing is chosen: there may be no more than two examples.
    return KNeighborsClassifier(n_neighbors=1, algorithm="brute")


def _majority(_seed: int) -> Any:
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="most_frequent")


def _xgboost(seed: int) -> Any:
    from xgboost import XGBClassifier

    return XGBClassifier(n_estimators=128, tree_method="hist", n_jobs=1, random_state=seed)


def _lightgbm(seed: int) -> Any:
    from lightgbm import LGBMClassifier

    return LGBMClassifier(
        n_jobs=1,
        random_state=seed,
        deterministic=True,
        force_row_wise=True,
        subsample_freq=1,
        verbose=-1,
    )


def _tabpfn(seed: int) -> Any:
    from tabpfn import TabPFNClassifier

    return TabPFNClassifier(device="cpu", random_state=seed)


ALGORITHMS: Mapping[str, Algorithm] = {
    "majority": Algorithm(module="sklearn", package="scikit-learn", make=_majority),
    "logistic": Algorithm(
        module="sklearn", package="scikit-learn", make=_logistic, grid={"C": [0.01, 0.1, 1, 10]}
    ),
    "tree": Algorithm(
        module="sklearn",
        package="scikit-learn",
        make=_tree,
        grid={
            "max_depth": [5, 10, 15, None],
            "min_samples_split": [2, 5, 10],
            "min_samples_leaf": [1, 2, 4],
            "criterion": ["gini", "entropy"],
        },
    ),
    "forest": Algorithm(
        module="sklearn",
        package="scikit-learn",
        make=_forest,
        grid={"max_depth": [5, None], "min_samples_split": [2, 10]},
    ),
    "boosting": Algorithm(
        module="sklearn",
        package="scikit-learn",
        make=_boosting,
        grid={"max_depth": [3, 5], "learning_rate": [0.1, 0.3]},
    ),
    "svm": Algorithm(
        module="sklearn",
        package="scikit-learn",
        make=_svm,
        grid={
            "C": [0.1, 1, 10, 100],
            "gamma": ["scale", "auto", 0.001, 0.01, 0.1],
            "kernel": ["rbf", "sigmoid"],
        },
    ),
    "mlp": Algorithm(
        module="sklearn", package="scikit-learn", make=_mlp, grid={"alpha": [1e-4, 1e-2, 1]}
    ),
    "knn": Algorithm(
        module="sklearn",
        package="scikit-learn",
        make=_knn,
        grid={"n_neighbors": [1, 3, 5, 9, 15, 25]},
    ),
    "xgboost": Algorithm(
        module="xgboost",
        package="xgboost",
        make=_xgboost,
        grid={
            "max_depth": [5, 7],
            "learning_rate": [0.1, 0.3],
            "subsample": [0.8, 1.0],
            "colsample_bytree": [0.8, 1.0],
        },
    ),
    "lightgbm": Algorithm(
        module="lightgbm",
        package="lightgbm",
        make=_lightgbm,
        grid={"min_child_samples": [5, 20], "learning_rate": [0.1, 0.3], "subsample": [0.8, 1.0]},
    ),
    "tabpfn": Algorithm(module="tabpfn", package="tabpfn", make=_tabpfn),
}
