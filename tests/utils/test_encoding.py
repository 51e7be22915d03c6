"""Labels of any type to codes and back."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skclean.utils._encoding import check_labels, encode_labels

CODES = np.array([2, 0, 1, 0, 2, 1, 1])
NAMES = ["ant", "bee", "cat"]
MADE = [NAMES[code] for code in CODES]


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        (MADE, NAMES),
        (np.array(MADE), NAMES),
        (np.array(MADE, dtype=object), NAMES),
        (tuple(MADE), NAMES),
        (pd.Series(MADE, index=range(70, 0, -10)), NAMES),
        (pd.Series(MADE, dtype="string"), NAMES),
        (pd.Categorical(MADE, categories=["cat", "bee", "ant", "dog"]), NAMES),
        (pd.Series(MADE, dtype="category"), NAMES),
        (pl.Series(MADE), NAMES),
        (pl.Series(MADE, dtype=pl.Categorical), NAMES),
        (CODES, [0, 1, 2]),
        (np.array([2, 5, 9], dtype=np.int16)[CODES], [2, 5, 9]),
        (np.array([-7, -1, 3])[CODES], [-7, -1, 3]),
        (np.array([0, 1, 200], dtype=np.uint8)[CODES], [0, 1, 200]),
        (np.array([0.0, 1.0, 2.0])[CODES], [0, 1, 2]),
        (pd.Series(CODES, dtype="Int64"), [0, 1, 2]),
        (pl.Series(CODES), [0, 1, 2]),
    ],
)
def test_labels_of_every_type_are_encoded(y, classes):
    found, codes = encode_labels(y)
    assert found.tolist() == classes
    np.testing.assert_array_equal(codes, CODES)
    assert codes.dtype == np.intp


def test_bools_are_classes():
    for y in ([True, False, True], np.array([True, False, True]), pl.Series([True, False, True])):
        classes, codes = encode_labels(y)
        assert classes.tolist() == [False, True]
        assert classes.dtype == bool
        assert codes.tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("dtype", "own"),
    [("Int64", np.int64), ("UInt8", np.uint8), ("boolean", bool), ("bool[pyarrow]", bool)],
)
@pytest.mark.parametrize("is_category", [False, True])
def test_classes_of_nullable_labels_are_no_floats(dtype, own, is_category):
    y = pd.Series([1, 0, 1], dtype=dtype)
    classes, codes = encode_labels(y.astype("category") if is_category else y)
    assert classes.dtype == own
    assert classes.tolist() == [0, 1]
    assert codes.tolist() == [1, 0, 1]


def test_labels_in_arrays_of_their_own():
    assert encode_labels([np.array(label) for label in (2, 0, 2)])[1].tolist() == [1, 0, 1]


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int64, "<U2", object, bool])
def test_classes_keep_the_dtype_of_the_labels(dtype):
    y = np.array([1, 0, 1]).astype(str if dtype is object else dtype).astype(dtype)
    assert encode_labels(y)[0].dtype == y.dtype


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=20))
@settings(deadline=None, max_examples=60)
def test_codes_decode_to_the_labels(y):
    classes, codes = encode_labels(y)
    np.testing.assert_array_equal(classes[codes], y)
    assert (np.diff(classes) > 0).all()


@given(st.lists(st.text(alphabet="abc", max_size=3), min_size=1, max_size=20), st.randoms())
@settings(deadline=None, max_examples=60)
def test_given_classes_fix_the_codes(y, random):
    given_classes = sorted({*y, "x", "yy"})
    random.shuffle(given_classes)
    classes, codes = encode_labels(y, given_classes)
    assert classes.tolist() == given_classes
    assert [given_classes[code] for code in codes] == y


@pytest.mark.parametrize(
    ("y", "classes", "dtype"),
    [
        (np.array([0, 2], dtype=np.int8), [0, 1, 2], np.int8),
        (np.array(["a", "b"], dtype=object), ["a", "b", "c"], object),
        (np.array([0, 2], dtype=np.int8), [0, 2, 300], np.int64),  # 300 is no int8
        (np.array(["a", "b"]), ["a", "b", "long"], "<U4"),
        ([True], [False, True], bool),
    ],
)
def test_given_classes_take_the_dtype_of_the_labels_where_it_holds_them(y, classes, dtype):
    found, _ = encode_labels(y, classes)
    assert found.dtype == dtype
    assert found.tolist() == classes


def test_labels_outside_the_given_classes_are_named():
    with pytest.raises(ValueError, match=r"not in classes: \['dog'\]"):
        encode_labels(["ant", "dog"], ["ant", "bee"])
    with pytest.raises(ValueError, match="not in classes"):
        encode_labels([0, 1], ["0", "1"])


def test_given_classes_must_be_distinct_and_present():
    with pytest.raises(ValueError, match="classes must be distinct"):
        encode_labels([0, 1], [0, 1, 1])
    with pytest.raises(ValueError, match="classes must not hold missing values"):
        encode_labels([0, 1], [0, 1, np.nan])
    with pytest.raises(ValueError, match="classes must not hold missing values"):
        encode_labels(["a"], np.array(["a", None], dtype=object))


@pytest.mark.parametrize(
    ("y", "row"),
    [
        (["a", None, "b"], 1),
        (np.array(["a", np.nan, "b"], dtype=object), 1),
        ([1.0, 2.0, np.nan], 2),
        (pd.Series([None, "a", "b"]), 0),
        (pd.Series(["a", pd.NA, "b"], dtype="string"), 1),
        (pd.Series([1, pd.NA, 2], dtype="Int64"), 1),
        (pd.Categorical(["a", "b", None]), 2),
        (pd.Series([True, None, False], dtype="boolean"), 1),
        (pl.Series(["a", None, "b"]), 1),
        (pl.Series([1, None, 2]), 1),
    ],
)
def test_missing_labels_are_refused_by_row(y, row):
    message = f"1 of 3 labels are missing, the first in row {row}"
    with pytest.raises(ValueError, match=message):
        check_labels(y)


def test_the_string_nan_is_a_label():
    assert encode_labels(["nan", "None", "nan"])[0].tolist() == ["None", "nan"]


def test_no_labels_are_refused():
    with pytest.raises(ValueError, match="at least one label. Got 0 samples"):
        check_labels([])


@pytest.mark.parametrize("y", [[0.5, 1.5, 2.25], np.zeros((4, 2)), [[0, 1], [1, 0]]])
def test_what_is_no_column_of_classes_is_refused(y):
    with pytest.raises(ValueError):
        encode_labels(y)


def test_labels_that_cannot_be_ordered_are_refused():
    for y in (["a", 1, "b"], [1, "a", "b"]):
        with pytest.raises(TypeError, match="of one type to be ordered. Got int, str; convert"):
            encode_labels(np.array(y, dtype=object))
    for y in (np.array([b"a", b"b"]), np.array([b"a", b"b"], dtype=object)):
        with pytest.raises(TypeError, match="Labels of bytes are not supported"):
            encode_labels(y)
    with pytest.raises(ValueError, match=r"must be of dtype bool. .* by y.astype\(bool\)"):
        encode_labels(np.array([True, False] * 3, dtype=object))
