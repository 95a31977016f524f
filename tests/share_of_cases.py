"""How much of an exhaustive test runs: a part in ``make test``, more in ``test-slow``, the whole in ``test-all``.

The part has to reach every path of the code under test; what it leaves out are further inputs of the same kinds::

    CASES = portion([*KIND_BY_KIND, *slow(OTHERS_FOR_CI)], MORE_OF_THE_SAME)
    @settings(max_examples=examples(4, 20))

A whole test that goes a long way with few surprises has the mark ``slow`` itself.
"""

import os
from collections.abc import Sequence
from typing import Any, TypeVar

import pytest

Case = TypeVar("Case")
# Set by `make test-all`.
WHOLE = os.environ.get("DVSTATS_TESTS") == "all"


def portion(usual: Sequence[Case], more: Sequence[Case]) -> list[Case]:
    """The usual cases, and those of ``more`` that are not among them where all is tested."""
    return [*usual, *(case for case in more if WHOLE and case not in usual)]


def slow(cases: Sequence[tuple[Any, ...]]) -> list[Any]:
    """These cases, for ``make test-slow``."""
    return [pytest.param(*case, marks=pytest.mark.slow) for case in cases]


def examples(usual: int, whole: int) -> int:
    """How many examples Hypothesis makes."""
    return whole if WHOLE else usual
