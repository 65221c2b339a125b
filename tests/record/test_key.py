"""Grid points and the ids of their tests."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bench.record.key import PointKey
from bench.record.key import test_ids as ids_of

NAMES = st.sampled_from(["a", "b", "a-b", "a b", "a:b", "low", "t2", "20", "\u4e00", "\u4e01", ""])
KEYS = st.builds(
    PointKey,
    fn=st.just("fn_a"),
    target=st.just("parity_all"),
    length=st.sampled_from([20, 25]),
    trial=st.integers(1, 3),
    model=NAMES,
    reasoning_effort=NAMES,
    prompt_name=NAMES,
    tools=st.sampled_from(["none", "python"]),
    train_size=st.sampled_from([20, 100]),
)


@given(st.lists(KEYS, max_size=6, unique=True))
def test_no_two_points_of_a_run_have_one_test_id(keys: list[PointKey]) -> None:
    ids = ids_of(keys)
    assert ids.keys() == set(keys)
    assert len(set(ids.values())) == len(keys)
    assert all(
        re.fullmatch(r"fn_a-parity_all-L2[05][\w.-]*", name, re.ASCII) for name in ids.values()
    )
