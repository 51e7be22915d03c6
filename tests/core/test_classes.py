"""Counting and sorting rows by class some at a time, against numpy on all of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from skclean._core import _classes
from skclean._core._classes import class_counts, rows_by_class

N_CLASSES = 4
CODES = arrays(np.int32, st.integers(0, 30), elements=st.integers(-1, N_CLASSES - 1))


@pytest.mark.parametrize("chunk", [1, 7, 1000])
@given(codes=CODES)
def test_rows_by_class_are_a_stable_sort(chunk, codes):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_classes, "CHUNK", chunk)
        rows, counts = rows_by_class(codes, N_CLASSES)
    n_none = np.count_nonzero(codes < 0)
    np.testing.assert_array_equal(rows, np.argsort(codes, kind="stable")[n_none:])
    np.testing.assert_array_equal(counts, np.bincount(codes[codes >= 0], minlength=N_CLASSES))


@pytest.mark.parametrize("chunk", [1, 7, 1000])
@given(codes=CODES, data=st.data())
def test_class_counts_are_those_of_bincount(chunk, codes, data):
    codes = np.maximum(codes, 0)
    among = data.draw(arrays(bool, len(codes)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_classes, "CHUNK", chunk)
        np.testing.assert_array_equal(
            class_counts(codes, N_CLASSES), np.bincount(codes, minlength=N_CLASSES)
        )
        np.testing.assert_array_equal(
            class_counts(codes, N_CLASSES, among), np.bincount(codes[among], minlength=N_CLASSES)
        )
