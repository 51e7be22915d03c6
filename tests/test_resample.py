"""NoisyLabelFilter and LabelCorrector: containers kept, classes kept, imbalanced-learn's way."""

import pickle

import numpy as np
import pandas as pd
import polars
import pytest
import sklearn
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn.pipeline import Pipeline as ResamplingPipeline
from imblearn.utils import estimator_checks as imblearn_checks
from scipy import sparse
from sklearn.datasets import load_digits, make_blobs
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import StandardScaler

from skclean import LabelCorrector, NoisyLabelFilter
from skclean._core._verdict import chance_wrong
from skclean.detectors import ConfidentLearning
from skclean.simulation import flip_labels, make_noise_matrix

RESAMPLERS = [NoisyLabelFilter, LabelCorrector]


def detector(**params):
    plain = {"n_rounds": 1, "n_neighbors": None, "smooth": False}  # few fits, no surprises
    return ConfidentLearning(LogisticRegression(max_iter=1000), **plain | params)


@pytest.fixture
def table(noisy_blobs):
    X, y, y_true, _ = noisy_blobs
    index = pd.Index([f"row-{i}" for i in range(len(y))][::-1], name="id")
    frame = pd.DataFrame(X, columns=list("pqrs"), index=index).assign(
        p=lambda f: f.p.astype("float32"), s=lambda f: f.s > 0
    )
    return frame, pd.Series(y, index=index, name="animal", dtype="category"), y_true


def test_filter_keeps_container_dtypes_names_and_index_of_pandas(table):
    X, y, _ = table
    clean = NoisyLabelFilter(detector())
    X_res, y_res = clean.fit_resample(X, y)
    assert 0 < clean.n_removed_ == len(X) - len(X_res) == clean.issues_.n_issues
    pd.testing.assert_frame_equal(X_res, X.iloc[clean.sample_indices_])
    pd.testing.assert_series_equal(y_res, y.iloc[clean.sample_indices_])


def test_corrector_keeps_container_dtypes_names_and_index_of_pandas(table):
    X, y, y_true = table
    correct = LabelCorrector(detector())
    X_res, y_res = correct.fit_resample(X, y)
    pd.testing.assert_frame_equal(X_res, X)
    assert y_res.dtype == y.dtype
    assert y_res.name == y.name
    assert y_res.index.equals(y.index)
    changed = correct.changed_mask_
    assert (y_res[~changed] == y[~changed]).all()
    np.testing.assert_array_equal(y_res[changed], correct.issues_.suggested_label[changed])
    assert (y_res == y_true).mean() > (y == y_true).mean() + 0.04
    np.testing.assert_array_equal(correct.sample_indices_, np.arange(len(y)))


@pytest.mark.parametrize(
    "container", [pd.Index, pd.Categorical, lambda y: pd.array(y, dtype="string")]
)
def test_labels_in_the_arrays_of_pandas_keep_their_type(table, container):
    X, y, _ = table
    given = container(y.astype(str).to_numpy())
    clean, correct = NoisyLabelFilter(detector()), LabelCorrector(detector())
    kept, corrected = clean.fit_resample(X, given)[1], correct.fit_resample(X, given)[1]
    assert type(kept) is type(corrected) is type(given)
    np.testing.assert_array_equal(np.asarray(kept), np.asarray(given)[clean.sample_indices_])
    expected = np.where(correct.changed_mask_, correct.issues_.suggested_label, np.asarray(given))
    np.testing.assert_array_equal(np.asarray(corrected), expected)


def test_corrector_changes_only_what_is_sure_enough(table):
    X, y, _ = table
    correct = LabelCorrector(detector(), min_confidence=0.9).fit(X, y)
    issues = correct.issues_
    codes = np.searchsorted(issues.classes, issues.suggested_label)
    chance = issues.true_label_proba()[np.arange(len(y)), codes]
    wrong = np.zeros(len(y))
    flags = issues.label_quality, issues.issue_mask, issues.expected_precision
    wrong[issues.issue_mask] = chance_wrong(*flags, issues.issue_mask)
    assert wrong.sum() / issues.n_issues == pytest.approx(issues.expected_precision)
    expected = issues.issue_mask & (np.minimum(chance, wrong) >= 0.9)
    np.testing.assert_array_equal(correct.changed_mask_, expected)
    assert 0 < expected.sum() < issues.n_issues


def test_a_filter_without_a_flag_that_stands_may_drop_nothing():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(600, 4)), rng.choice(3, 600, p=[0.7, 0.2, 0.1])  # nothing to learn
    clean = NoisyLabelFilter(detector(), keep_ambiguous=True).fit(X, y)
    assert clean.issues_.n_issues == clean.issues_.n_ambiguous > 0
    assert clean.n_removed_ == 0
    assert NoisyLabelFilter(detector()).fit(X, y).n_removed_ == clean.issues_.n_issues


@pytest.mark.parametrize("kind", ["uniform", "pair"])
@pytest.mark.parametrize("rate", [0.1, 0.3])
def test_sure_corrections_are_right_and_many_even_where_noise_is_strong(kind, rate):
    # p(given | x) of any class hardly reaches .9 under such noise, p(true | x, given) does
    X, y_true = load_digits(return_X_y=True)
    X, y_true = X[:1000] / 16, y_true[:1000]
    y, wrong = flip_labels(y_true, make_noise_matrix(kind, 10, rate), random_state=0)
    correct = LabelCorrector(
        ConfidentLearning(LogisticRegression(max_iter=1000)), min_confidence=0.9
    )
    changed = correct.fit(X, y).changed_mask_
    issues = correct.issues_
    assert (issues.suggested_label[changed] == y_true[changed]).mean() > 0.97
    assert changed.sum() > 0.2 * wrong.sum()


@pytest.mark.parametrize(("n_classes", "n_samples"), [(10, 3000), (5, 500)])
def test_sure_corrections_spare_right_labels_of_classes_that_overlap(n_classes, n_samples):
    n_changed = n_sure = 0
    for seed in range(3):
        rng = np.random.RandomState(seed)
        y = rng.randint(n_classes, size=n_samples)
        X = (0.6 * rng.randn(n_classes, 6))[y] + rng.randn(n_samples, 6)
        correct = LabelCorrector(ConfidentLearning(LogisticRegression()), min_confidence=0.9)
        n_changed += correct.fit(X, y).changed_mask_.sum()
        issues = correct.issues_
        n_sure += (
            issues.true_label_proba(np.flatnonzero(issues.issue_mask)).max(axis=1) > 0.9
        ).sum()
    assert n_sure > 0.06 * 3 * n_samples  # by the noise that is estimated, all of them wrongly
    assert n_changed < 0.02 * 3 * n_samples


@pytest.mark.parametrize("cls", RESAMPLERS)
def test_polars_lists_and_sparse_matrices_come_back_as_they_are(noisy_blobs, cls):
    X, y, _, _ = noisy_blobs
    expected = cls(detector()).fit_resample(X, y)
    frame = polars.DataFrame(X, schema=list("pqrs"))
    X_res, y_res = cls(detector()).fit_resample(frame, polars.Series("animal", y.tolist()))
    assert isinstance(X_res, polars.DataFrame)
    assert isinstance(y_res, polars.Series)
    assert y_res.name == "animal"
    assert y_res.to_list() == expected[1].tolist()
    X_res, y_res = cls(detector()).fit_resample(X.tolist(), y.tolist())
    assert isinstance(X_res, list)
    assert y_res == expected[1].tolist()
    X_res, y_res = cls(detector()).fit_resample(sparse.csr_array(X), y)
    assert sparse.issparse(X_res)
    np.testing.assert_array_equal(y_res, expected[1])


@pytest.mark.parametrize("cls", RESAMPLERS)
def test_imbalanced_learns_pipeline_resamples_while_fitting_only(table, cls):
    X, y, y_true = table
    pipeline = ResamplingPipeline(
        [("scale", StandardScaler()), ("clean", cls()), ("clf", LogisticRegression())]
    ).fit(X, y)
    assert pipeline.predict(X).shape == y.shape
    assert pipeline.score(X, y_true) > 0.8
    restored = pickle.loads(pickle.dumps(pipeline))
    np.testing.assert_array_equal(restored.predict_proba(X), pipeline.predict_proba(X))


def test_grid_search_tunes_the_filter_inside_imbalanced_learns_pipeline(table, tmp_path):
    X, y, y_true = table
    search = GridSearchCV(
        ResamplingPipeline(
            [("scale", StandardScaler()), ("clean", NoisyLabelFilter()), ("clf", GaussianNB())],
            memory=str(tmp_path),
        ),
        {
            "clean__detector": [detector(), detector(prune="both")],
            "clean__max_removed": [None, 0.1],
        },
    ).fit(X, y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.score(X, y_true) > 0.75


def test_groups_reach_the_folds_of_the_filter_by_routing(table):
    # without routing, imbalanced-learn's pipeline drops the keywords of a sampler
    X, y, _ = table
    groups = np.arange(len(y)) // 3
    clean = NoisyLabelFilter(detector(cv=GroupKFold(4)))
    pipeline = ResamplingPipeline([("clean", clean), ("clf", LogisticRegression(max_iter=1000))])
    with sklearn.config_context(enable_metadata_routing=True):
        pipeline.fit(X, y, groups=groups)
    expected = cross_val_predict(
        LogisticRegression(max_iter=1000),
        X,
        y,
        cv=GroupKFold(4),
        groups=groups,
        method="predict_proba",
    )
    np.testing.assert_array_equal(pipeline[0].detector_.pred_probs_, expected)


@pytest.mark.parametrize("cls", RESAMPLERS)
@pytest.mark.parametrize(
    "check",
    [
        "check_target_type",
        "check_samplers_one_label",
        "check_samplers_fit_resample",
        "check_samplers_list",
        "check_samplers_pandas",
        "check_samplers_pandas_sparse",
        "check_samplers_sparse",
        "check_samplers_preserve_dtype",
        "check_samplers_2d_target",
        "check_samplers_sampling_strategy_fit_resample",
    ],
)
@pytest.mark.filterwarnings("ignore")  # the checks feed odd data on purpose
def test_imbalanced_learns_checks_for_samplers_pass(cls, check):
    getattr(imblearn_checks, check)(cls.__name__, cls(detector()))


@pytest.mark.parametrize(("most", "n_removed"), [(0, 0), (7, 7), (0.05, 15)])
def test_max_removed_bounds_what_is_dropped(noisy_blobs, most, n_removed):
    X, y, _, _ = noisy_blobs
    clean = NoisyLabelFilter(detector(), max_removed=most).fit(X, y)
    assert clean.n_removed_ == n_removed
    dropped = np.setdiff1d(np.arange(len(y)), clean.sample_indices_)
    worst = clean.issues_.ranked_indices()[:n_removed]
    np.testing.assert_array_equal(dropped, np.sort(worst))


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 1000),
    n_classes=st.integers(2, 4),
    prune=st.sampled_from([None, "both", "predicted_neq_given", "low_quality"]),
)
def test_every_class_survives_and_kept_rows_are_a_subset(seed, n_classes, prune):
    X, _ = make_blobs(40, centers=n_classes, random_state=seed)
    y = np.random.default_rng(seed).integers(n_classes, size=40)  # all noise
    y[: 2 * n_classes] = np.tile(np.arange(n_classes), 2)
    clean = NoisyLabelFilter(ConfidentLearning(GaussianNB(), prune=prune, cv=2))
    _, y_res = clean.fit_resample(X, y)
    assert set(y_res) == set(y)
    kept = clean.sample_indices_
    assert (np.diff(kept) > 0).all()
    np.testing.assert_array_equal(y_res, y[kept])
    _, y_new = LabelCorrector(ConfidentLearning(GaussianNB(), prune=prune, cv=2)).fit_resample(X, y)
    assert set(y_new) == set(y)
