"""Which points the options mean."""

import re
from pathlib import Path
from typing import Any

import pytest

from bench.options.settings import SettingsError
from bench.question.grid import Indifferent, points
from tests.support.options import gridded


def _ids(**options: Any) -> list[str]:
    return [point.id for point in points(*gridded(**options))[0]]


def test_the_published_grid_has_sixty_points_and_each_id_once() -> None:
    grid, left_out = points(*gridded())
    assert len([p for p in grid if "paper" in p.marks]) == 60
    assert len({p.id for p in grid}) == len(grid)
    assert left_out == ()
    assert [p.id for p in grid if "fn_a" in p.id] == [
        f"fn_a-parity_all-L{n}" for n in (100, 50, 30, 25, 20)
    ]
    assert 5 <= sum("smoke" in p.marks for p in grid) <= 7
    assert {p.target.name for p in grid if "negative_control" in p.marks} == {"sha256_parity"}


def test_the_published_grid_alone_is_what_a_command_that_names_nothing_means() -> None:
    alone, left_out = points(*gridded(), paper_alone=True)
    assert left_out == ()
    assert [p.id for p in alone] == [p.id for p in points(*gridded())[0] if "paper" in p.marks]
    named = points(*gridded(functions=("gcd_range",)), paper_alone=True)[0]
    assert {p.target.name for p in named} == {"gcd_range"}


def test_axes_with_several_values_show_in_the_id() -> None:
    ids = _ids(
        functions=("fn_a",), lengths=(20,), trials=2, model=("m/1", "m2"), reasoning_effort=("low",)
    )
    assert ids == [
        "fn_a-parity_all-L20-m_1",
        "fn_a-parity_all-L20-m2",
        "fn_a-parity_all-L20-t2-m_1",
        "fn_a-parity_all-L20-t2-m2",
    ]


def test_train_sizes_are_an_axis_in_the_order_given() -> None:
    sizes = {"functions": ("fn_a",), "lengths": (20,), "train_size": (50, 100)}
    assert _ids(**sizes, model=("m", "m2")) == [
        "fn_a-parity_all-L20-m-50",
        "fn_a-parity_all-L20-m-100",
        "fn_a-parity_all-L20-m2-50",
        "fn_a-parity_all-L20-m2-100",
    ]


def test_a_rule_seed_gives_drawn_targets_another_name() -> None:
    options = {"functions": ("fn_e", "parity_rand:k=5", "fn_a"), "lengths": (20,), "rule_seed": 7}
    assert _ids(**options) == [
        "fn_e-parity_rand_3-r7-L20",
        "parity_rand-k5-r7-L20",
        "fn_a-parity_all-L20",
    ]
    whole, left_out = points(*gridded(rule_seed=7), paper_alone=True)
    assert len([p for p in whole if "paper" in p.marks]) == 60
    assert len([p for p in whole if "-r7-" in p.id]) == 25
    assert left_out == ()
    says = points(*gridded(functions=("fn_a",), rule_seed=7))[1]
    assert says == ("--rule-seed makes no difference: no rule of the chosen targets is drawn",)
    with pytest.raises(SettingsError, match="--functions: parity_rand needs k: it takes k from 1"):
        points(*gridded(functions=("parity_rand",)))


def test_a_length_that_does_not_fit_one_target_is_left_out_and_said() -> None:
    grid, left_out = points(*gridded(functions=("dyck2", "fn_a", "dyck2"), lengths=(20, 50)))
    assert [p.id for p in grid] == ["fn_h-dyck2-L20", "fn_a-parity_all-L20", "fn_a-parity_all-L50"]
    assert left_out == ("fn_h-dyck2-L50 is left out: dyck2 needs a multiple of 4, not 50",)
    with pytest.raises(SettingsError, match="--lengths: 50 fits none"):
        points(*gridded(functions=("dyck2",), lengths=(50,)))
    with pytest.raises(
        SettingsError, match=r"--lengths: 6 fits none of the chosen targets \(dyck2 .* 4, not 6\)"
    ):
        points(*gridded(functions=("dyck2", "fn_c"), lengths=(10, 6)))


def test_lengths_do_not_apply_to_tables() -> None:
    assert _ids(functions=("chess", "fn_a"), lengths=(20,)) == [
        "fn_q-chess-L36",
        "fn_a-parity_all-L20",
    ]
    assert _ids(functions=("chess",), lengths=(20,)) == ["fn_q-chess-L36"]


def test_two_prompts_of_one_name_are_refused(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "terse.txt").write_text("{examples}")
    with pytest.raises(
        SettingsError, match=r"--prompt-template: 2 files are called 'terse'; give each"
    ):
        points(*gridded(prompt_template=(tmp_path / "a/terse.txt", tmp_path / "b/terse.txt")))


def test_two_prompts_that_ask_the_same_are_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text("{examples}")
    with pytest.raises(SettingsError, match="--prompt-template: a and b ask the same"):
        points(*gridded(prompt_template=(tmp_path / "a.txt", tmp_path / "b.txt")))


def test_an_effort_that_makes_no_difference_to_a_model_is_said() -> None:
    options = gridded(functions=("fn_a",), reasoning_effort=("low", "high"))
    grid, said = points(*options, indifferent=Indifferent(effort=("enumerator",)))
    assert len(grid) == 10 and said == ("--reasoning-effort makes no difference to enumerator",)


CHINESE = ("\u901a\u4e49\u5343\u95ee", "\u6587\u5fc3\u4e00\u8a00")


@pytest.mark.parametrize("models", [("m/1", "m_1"), CHINESE, ("t2-x", "x"), ("a b", "a:b", "c")])
def test_models_whose_names_would_come_out_the_same_are_told_apart(models: tuple[str, ...]) -> None:
    ids = _ids(functions=("fn_a",), lengths=(20, 25), trials=2, model=models)
    assert len(set(ids)) == len(ids) == 4 * len(models)
    assert all(one.isascii() for one in ids)
    assert set(ids) == set(
        _ids(functions=("fn_a",), lengths=(25, 20), trials=2, model=models[::-1])
    )


def test_only_names_that_come_out_the_same_get_a_hash() -> None:
    ids = _ids(functions=("fn_a",), lengths=(20, 25), model=("m/1", "a b", "a:b"))
    ends = [one.partition("-L20-")[2] for one in ids if "-L20-" in one]
    assert ends[0] == "m_1" and all(re.fullmatch("a_b-[0-9a-f]{8}", end) for end in ends[1:])
    assert ids == [f"fn_a-parity_all-{length}-{end}" for length in ("L20", "L25") for end in ends]


def test_prompts_and_models_that_run_into_each_other_are_told_apart(tmp_path: Path) -> None:
    for name in ("low-b", "b"):
        (tmp_path / f"{name}.txt").write_text(name + " {examples}")
    prompts = (tmp_path / "low-b.txt", tmp_path / "b.txt")
    ids = _ids(
        functions=("fn_a",),
        model=("a", "a-low"),
        reasoning_effort=("low", "high"),
        prompt_template=prompts,
    )
    assert len(set(ids)) == len(ids)


def test_an_unknown_function_names_the_nearest() -> None:
    with pytest.raises(
        SettingsError, match=r"--functions: no target is called 'palindrom'; nearest: palindrome"
    ):
        points(*gridded(functions=("palindrom",)))


def test_a_model_that_takes_no_tools_is_asked_without() -> None:
    options = gridded(
        functions=("fn_a",), lengths=(20,), model=("enumerator", "m"), tools=("none", "python")
    )
    found, said = points(*options, indifferent=Indifferent(tools=("enumerator",)))
    assert [(p.model, p.tools, p.id.rpartition("-L20-")[2]) for p in found] == [
        ("enumerator", "none", "enumerator-none"),
        ("m", "none", "m-none"),
        ("m", "python", "m-python"),
    ]
    assert said == ("--tools makes no difference to enumerator: asked without",)


def test_a_model_that_reads_no_prompt_stands_once_and_without_effort_too(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_text(f"{name}: {{examples}}")
    options = gridded(
        functions=("fn_a",),
        lengths=(20,),
        model=("m", "learner:it", "icl:it"),
        reasoning_effort=("low", "high"),
        prompt_template=(tmp_path / "a", tmp_path / "b"),
    )
    promptless = ("learner:it", "icl:it")
    indifferent = Indifferent(effort=("learner:it",), prompt=promptless)
    grid, said = points(*options, indifferent=indifferent)
    assert "--prompt-template makes no difference to learner:it, icl:it" in said
    asked = [(p.model, p.reasoning_effort, p.template.name) for p in grid]
    assert asked[4:] == [
        ("learner:it", "low", "a"),
        ("icl:it", "low", "a"),
        ("icl:it", "high", "a"),
    ]
    assert len(asked) == 7
