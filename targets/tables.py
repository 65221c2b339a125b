"""What is known of the five raw tables: their files, columns and values, as UCI describes them."""

from dataclasses import dataclass

NUMBER: dict[str, str] = {}
"""Stands in a table's columns for a numeric one; a categorical one has its readable values."""


def _codes(pairs: str) -> dict[str, str]:
    """The readable values by their codes, from `code:value` pairs; the code may be empty."""
    return dict(pair.split(":") for pair in pairs.split())


_YES = _codes("0:no 1:yes 0.0:no 1.0:yes")
_TRUE = _codes("f:no t:yes")
_PLAIN = _codes("?:unknown :unknown")
"""For a categorical column that is readable as it stands, except for missing values."""
_COLOURS = _codes(
    "n:brown b:buff g:gray r:green p:pink u:purple e:red w:white y:yellow l:blue o:orange k:black "
    "f:none :unknown"
)
_SURFACES = _codes(
    "i:fibrous g:grooves y:scaly s:smooth h:shiny l:leathery k:silky t:sticky w:wrinkled e:fleshy "
    "d:dented f:none :unknown"
)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A raw table: where it is found, and how it is read.

    - `files`: the names it may have in `--raw-dir`; `uci`: its number at the UCI repository.
    - `about`: what a row and the label mean, in words.
    - `columns`: each feature's readable values by their codes, or NUMBER.
    - `label`: the names that the label's column may have.
    - `ones` and `zeros`: the spellings of the labels.
    - `label_first`: in a file without a header, the label is the first column and not the last.
    - `ignored`: columns that a file may have besides.
    """

    files: tuple[str, ...]
    uci: int
    about: str
    columns: dict[str, dict[str, str]]
    label: tuple[str, ...]
    ones: tuple[str, ...]
    zeros: tuple[str, ...]
    delimiter: str = ","
    label_first: bool = False
    ignored: tuple[str, ...] = ()


ADULT = Table(
    files=("adult.data", "adult.csv"),
    uci=2,
    about="people in the US census of 1994; 1 where the income is above 50,000 dollars a year",
    columns={
        "age": NUMBER,
        "workclass": _PLAIN,
        "fnlwgt": NUMBER,
        "education": _PLAIN,
        "education-num": NUMBER,
        "marital-status": _PLAIN,
        "occupation": _PLAIN,
        "relationship": _PLAIN,
        "race": _PLAIN,
        "sex": _PLAIN,
        "capital-gain": NUMBER,
        "capital-loss": NUMBER,
        "hours-per-week": NUMBER,
        "native-country": _PLAIN,
    },
    label=("salary", "income", "class"),
    ones=(">50K", ">50K."),
    zeros=("<=50K", "<=50K."),
)

MUSHROOM = Table(
    files=("secondary_data.csv", "MushroomDataset/secondary_data.csv"),
    uci=848,
    about="simulated mushrooms of 173 species; 1 where the mushroom is poisonous or may be",
    columns={
        "cap-diameter": NUMBER,
        "cap-shape": _codes("b:bell c:conical x:convex f:flat s:sunken p:spherical o:others"),
        "cap-surface": _SURFACES,
        "cap-color": _COLOURS,
        "does-bruise-or-bleed": _TRUE,
        "gill-attachment": _codes(
            "a:adnate x:adnexed d:decurrent e:free s:sinuate p:pores f:none :unknown"
        ),
        "gill-spacing": _codes("c:close d:distant f:none :unknown"),
        "gill-color": _COLOURS,
        "stem-height": NUMBER,
        "stem-width": NUMBER,
        "stem-root": _codes(
            "b:bulbous s:swollen c:club u:cup e:equal z:rhizomorphs r:rooted f:none :unknown"
        ),
        "stem-surface": _SURFACES,
        "stem-color": _COLOURS,
        "veil-type": _codes("p:partial u:universal :unknown"),
        "veil-color": _COLOURS,
        "has-ring": _TRUE,
        "ring-type": _codes(
            "c:cobwebby e:evanescent r:flaring g:grooved l:large p:pendant s:sheathing z:zone "
            "y:scaly m:movable f:none :unknown"
        ),
        "spore-print-color": _COLOURS,
        "habitat": _codes("g:grasses l:leaves m:meadows p:paths h:heaths u:urban w:waste d:woods"),
        "season": _codes("s:spring u:summer a:autumn w:winter"),
    },
    label=("class",),
    ones=("p",),
    zeros=("e",),
    delimiter=";",
    label_first=True,
)

DIABETES = Table(
    files=(
        "diabetes_binary_health_indicators_BRFSS2015.csv.zip",
        "diabetes_binary_health_indicators_BRFSS2015.csv",
        "cdc_diabetes.csv",
    ),
    uci=891,
    about="answers to a US health survey of 2015; 1 where the person has diabetes or prediabetes",
    columns={
        "HighBP": _YES,
        "HighChol": _YES,
        "CholCheck": _YES,
        "BMI": NUMBER,
        "Smoker": _YES,
        "Stroke": _YES,
        "HeartDiseaseorAttack": _YES,
        "PhysActivity": _YES,
        "Fruits": _YES,
        "Veggies": _YES,
        "HvyAlcoholConsump": _YES,
        "AnyHealthcare": _YES,
        "NoDocbcCost": _YES,
        "GenHlth": NUMBER,
        "MentHlth": NUMBER,
        "PhysHlth": NUMBER,
        "DiffWalk": _YES,
        "Sex": _codes("0:female 1:male 0.0:female 1.0:male"),
        "Age": NUMBER,
        "Education": NUMBER,
        "Income": NUMBER,
    },
    label=("diabetes_binary",),
    ones=("1.0", "1"),
    zeros=("0.0", "0"),
    label_first=True,
    ignored=("id",),
)

HTRU2 = Table(
    files=("HTRU_2.csv",),
    uci=372,
    about="pulsar candidates of a sky survey; 1 where the candidate is a pulsar",
    columns={
        f"{statistic} of the {curve}": NUMBER
        for curve in ("integrated profile", "DM-SNR curve")
        for statistic in ("Mean", "Standard deviation", "Excess kurtosis", "Skewness")
    },
    label=("class",),
    ones=("1",),
    zeros=("0",),
    ignored=("no",),
)

_CHESS = (
    "bkblk bknwy bkon8 bkona bkspr bkxbq bkxcr bkxwp blxwp bxqsq cntxt dsopp "
    "dwipd hdchk katri mulch qxmsq r2ar8 reskd reskr rimmx rkxwp rxmsq simpl "
    "skach skewr skrxp spcop stlmt thrsk wkcti wkna8 wknck wkovl wkpos wtoeg"
)

CHESS = Table(
    files=("chess.dat", "kr-vs-kp.data"),
    uci=22,
    about=(
        "chess end games, White's king and rook against king and a pawn on a7; "
        "1 where White can win"
    ),
    columns=dict.fromkeys(_CHESS.split(), _TRUE)
    | {
        "dwipd": {"l": "less than 2", "g": "2 or more"},
        "katri": _codes("b:black w:white n:none"),
        "wtoeg": _codes("n:no t:yes"),
    },
    label=("class", "outcome"),
    ones=("won",),
    zeros=("nowin",),
)
