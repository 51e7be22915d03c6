"""ConfidentLearning: the functions with a classifier in the loop."""

import tracemalloc

import numpy as np
import pandas as pd
import polars
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_predict

from skclean import NoiseAwareClassifier, estimate_joint, find_label_issues, label_quality_scores
from skclean.detectors import ConfidentLearning, _rounds
from skclean.detectors._rounds import NeighborVotes, dense_numbers
from skclean.noise_matrix import ConfidentJoint
from skclean.simulation import flip_labels, make_noise_matrix

FOLDS = StratifiedKFold(5, shuffle=True, random_state=0)  # those of cv=None

RULES = [None, "by_noise_rate", "by_class", "both", "confident", "predicted_neq_given"]

PLAIN = {"n_rounds": 1, "n_neighbors": None, "smooth": False}  # probabilities as they come


class CountingRegression(LogisticRegression):
    """Counts its fits in a list that all clones share."""

    fits: list = []

    def fit(self, X, y, sample_weight=None):
        self.fits.append(len(y))
        return super().fit(X, y, sample_weight)


@pytest.mark.parametrize("prune", RULES)
def test_detector_finds_what_the_function_finds_on_its_probabilities(noisy_blobs, prune):
    X, y, _, _ = noisy_blobs
    detector = ConfidentLearning(LogisticRegression(), prune=prune, **PLAIN).fit(X, y)
    pred_probs = cross_val_predict(LogisticRegression(), X, y, cv=FOLDS, method="predict_proba")
    issues = find_label_issues(y, pred_probs, prune=prune)
    np.testing.assert_array_equal(detector.issue_mask_, issues.issue_mask)
    np.testing.assert_array_equal(detector.label_quality_, issues.label_quality)
    np.testing.assert_array_equal(detector.suggested_label_, issues.suggested_label)
    np.testing.assert_array_equal(detector.joint_, estimate_joint(y, pred_probs))
    assert detector.issues_.expected_precision == issues.expected_precision


def test_planted_errors_are_found(noisy_blobs):
    X, y, y_true, _ = noisy_blobs
    wrong = y != y_true
    detector = ConfidentLearning(LogisticRegression(), random_state=0).fit(X, y)
    flagged = detector.issue_mask_
    assert (flagged & wrong).sum() / flagged.sum() > 0.7
    assert (flagged & wrong).sum() / wrong.sum() > 0.8
    right = detector.suggested_label_[flagged & wrong] == y_true[flagged & wrong]
    assert right.mean() > 0.9


def test_given_probabilities_spare_the_classifier(noisy_blobs):
    X, y, _, _ = noisy_blobs
    pred_probs = cross_val_predict(LogisticRegression(), X, y, cv=FOLDS, method="predict_proba")
    CountingRegression.fits.clear()
    detector = ConfidentLearning(CountingRegression()).fit(X, y, pred_probs=pred_probs)
    assert CountingRegression.fits == []
    fitted = ConfidentLearning(LogisticRegression(), **PLAIN).fit(X, y)
    np.testing.assert_array_equal(detector.issue_mask_, fitted.issue_mask_)
    with pytest.raises(ValueError, match="fitted with pred_probs"):
        detector.score_labels(X, y)


def test_given_probabilities_are_cut_by_grid_search(noisy_blobs):
    X, y, _, _ = noisy_blobs
    pred_probs = cross_val_predict(LogisticRegression(), X, y, cv=FOLDS, method="predict_proba")
    CountingRegression.fits.clear()
    search = GridSearchCV(
        NoiseAwareClassifier(CountingRegression(max_iter=1000)),
        {"detector": [ConfidentLearning(prune=rule) for rule in RULES]},
        cv=3,
    ).fit(X, y, pred_probs=pred_probs)
    assert len(CountingRegression.fits) == 3 * len(RULES) + 1
    assert search.best_score_ > 0.7


def test_memory_fits_the_classifier_once_per_fold_over_a_grid(noisy_blobs, tmp_path, monkeypatch):
    X, y, _, _ = noisy_blobs
    searches = []
    search_for, searched = _rounds.nearest, searches.append
    monkeypatch.setattr(_rounds, "nearest", lambda *args: searched(1) or search_for(*args))
    grid = {
        "detector__prune": ["by_noise_rate", "by_class", "both"],
        "detector__quality": ["averaged", "self_confidence"],
    }

    def n_fits(memory):
        CountingRegression.fits.clear()
        detector = ConfidentLearning(cv=4, memory=memory)
        clf = NoiseAwareClassifier(CountingRegression(), detector=detector)
        search = GridSearchCV(clf, grid, cv=3).fit(X, y)
        return len(CountingRegression.fits), search.cv_results_["mean_test_score"]

    plain, scores = n_fits(None)
    cached, cached_scores = n_fits(str(tmp_path))
    assert plain == (8 + 1) * 6 * 3 + 8 + 1
    assert cached == 8 * 3 + 6 * 3 + 8 + 1  # folds of both rounds once, final fits, refit
    assert len(searches) == (6 * 3 + 1) + (3 + 1)
    np.testing.assert_array_equal(scores, cached_scores)


def test_a_different_estimator_or_weight_is_not_taken_from_the_cache(noisy_blobs, tmp_path):
    X, y, _, _ = noisy_blobs
    first = ConfidentLearning(LogisticRegression(C=1.0), memory=str(tmp_path)).fit(X, y)
    other = ConfidentLearning(LogisticRegression(C=0.001), memory=str(tmp_path)).fit(X, y)
    heavy = ConfidentLearning(LogisticRegression(C=1.0), memory=str(tmp_path)).fit(
        X, y, sample_weight=np.linspace(0.1, 5, len(y))
    )
    assert (first.pred_probs_ != other.pred_probs_).any()
    assert (first.pred_probs_ != heavy.pred_probs_).any()


def test_new_rows_are_rated_with_what_was_fitted(noisy_blobs):
    X, y, y_true, _ = noisy_blobs
    detector = ConfidentLearning(LogisticRegression(), quality="self_confidence")
    detector.fit(X[:200], y[:200])
    quality = detector.score_labels(X[200:], y[200:])
    folds = [fold.predict_proba(X[200:]) for fold in detector.estimators_]
    expected = label_quality_scores(y[200:], np.mean(folds, axis=0), quality="self_confidence")
    np.testing.assert_allclose(quality, expected)
    wrong = y[200:] != y_true[200:]
    assert quality[wrong].mean() < quality[~wrong].mean() - 0.3
    averaged = clone(detector).set_params(quality="averaged").fit(X[:200], y[:200])
    # one row at a time gives the same: nothing is estimated from the new rows
    single = np.concatenate([averaged.score_labels(X[[i]], y[[i]]) for i in range(200, 210)])
    np.testing.assert_allclose(averaged.score_labels(X[200:210], y[200:210]), single)
    with pytest.raises(ValueError, match="zebra"):
        detector.score_labels(X[:1], ["zebra"])


def test_later_rounds_train_without_what_was_flagged(noisy_blobs):
    X, y, _, _ = noisy_blobs
    CountingRegression.fits.clear()
    first = ConfidentLearning(CountingRegression(), **PLAIN).fit(X, y)
    assert CountingRegression.fits == [240] * 5
    CountingRegression.fits.clear()
    ConfidentLearning(CountingRegression(), **PLAIN | {"n_rounds": 2}, cv=FOLDS).fit(X, y)
    assert CountingRegression.fits[:5] == [240] * 5
    classic = find_label_issues(y, first.pred_probs_, prune="by_noise_rate").n_issues
    assert 0 < classic < 150
    assert sum(CountingRegression.fits[5:]) == 4 * (300 - classic)


def test_two_rounds_train_on_as_many_rows_as_five_folds_of_one(noisy_blobs):
    X, y, _, _ = noisy_blobs
    CountingRegression.fits.clear()
    ConfidentLearning(CountingRegression()).fit(X, y)
    assert CountingRegression.fits[:3] == [200] * 3
    assert len(CountingRegression.fits) == 6
    assert sum(CountingRegression.fits) <= 4 * 300


def test_rounds_and_neighbors_rank_the_wrong_labels_better():
    gains, model = [], LogisticRegression(max_iter=1000)
    for seed in range(5):
        X, y_true = make_blobs(300, centers=4, n_features=4, cluster_std=4, random_state=seed)
        y, wrong = flip_labels(y_true, make_noise_matrix("pair", 4, 0.3), random_state=seed)
        ranked = [
            ConfidentLearning(model, random_state=seed, **params).fit(X, y)
            for params in [PLAIN, {"n_neighbors": None}, {}]
        ]
        gains.append([average_precision_score(wrong, -found.label_quality_) for found in ranked])
    plain, rounds, both = np.mean(gains, axis=0)
    assert plain + 0.01 < rounds
    assert plain + 0.02 < both


def test_later_rounds_have_as_many_kept_rows_in_each_fold(noisy_blobs):
    X, y, _, _ = noisy_blobs
    CountingRegression.fits.clear()
    ConfidentLearning(CountingRegression(), cv=4, random_state=0).fit(X, y)
    assert np.ptp(CountingRegression.fits[4:]) <= 3


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_the_result_does_not_depend_on_the_number_of_jobs(noisy_blobs, n_jobs):
    X, y, _, _ = noisy_blobs
    one = ConfidentLearning(LogisticRegression(), random_state=0).fit(X, y)
    more = ConfidentLearning(LogisticRegression(), random_state=0, n_jobs=n_jobs).fit(X, y)
    np.testing.assert_array_equal(one.pred_probs_, more.pred_probs_)


def test_neighbors_need_numbers(noisy_blobs):
    X, y, _, _ = noisy_blobs
    sparse = csr_array(np.pad(X, [(0, 0), (0, 100)]))  # wide, as counts of words are
    auto = ConfidentLearning(LogisticRegression()).fit(sparse, y)
    without = ConfidentLearning(LogisticRegression(), n_neighbors=None).fit(sparse, y)
    np.testing.assert_array_equal(auto.pred_probs_, without.pred_probs_)
    with pytest.raises(ValueError, match="n_neighbors=5 needs a dense X.*n_neighbors=None"):
        ConfidentLearning(LogisticRegression(), n_neighbors=5).fit(sparse, y)


def test_the_scale_of_a_column_does_not_matter_to_the_neighbors(noisy_blobs):
    X, y, _, _ = noisy_blobs
    forest = RandomForestClassifier(10, random_state=0)
    one = ConfidentLearning(forest).fit(X, y).pred_probs_
    other = ConfidentLearning(forest).fit(X * [1.0, 1024.0, 1.0, 0.25], y).pred_probs_
    np.testing.assert_allclose(one, other)


def test_samples_of_a_group_do_not_vote_on_each_other(noisy_blobs):
    X, y, _, _ = noisy_blobs
    votes = NeighborVotes(np.repeat(X, 4, axis=0), 3, groups=np.repeat(np.arange(300), 4))
    codes = np.repeat(np.unique(y, return_inverse=True)[1], 4)
    n_classes = len(np.unique(y))
    before = votes(codes, np.ones(1200, dtype=bool), n_classes)
    codes[:4] = (codes[:4] + 1) % n_classes
    np.testing.assert_array_equal(
        votes(codes, np.ones(1200, dtype=bool), n_classes)[:4], before[:4]
    )


def test_of_many_samples_some_vote_and_none_on_itself(monkeypatch):
    X = np.random.default_rng(0).normal(size=(500, 3))
    everyone = NeighborVotes(X, 2)
    monkeypatch.setattr(_rounds, "MAX_REFERENCES", 100)
    some = NeighborVotes(X, 2)
    assert len(np.unique(everyone.neighbors)) > 400
    voters = np.unique(some.neighbors)
    assert len(voters) <= 100
    assert (some.neighbors[voters, 0] == voters).all()  # found, but not asked
    assert not some.apart[voters, 0].any()
    assert some.apart.sum() == some.apart.size - len(voters)
    distance = np.linalg.norm(X[:, np.newaxis] - X[voters], axis=2)
    np.testing.assert_array_equal(some.neighbors[:, 0], voters[distance.argmin(axis=1)])
    codes = np.zeros(500, dtype=int)
    codes[voters[0]] = 1
    shares = some(codes, np.ones(500, dtype=bool), 2)
    np.testing.assert_allclose(shares[voters[0]], [2.5 / 3, 0.5 / 3])


def test_numbers_are_scaled_block_by_block_in_single_precision():
    X = np.random.default_rng(0).normal(size=(70_000, 9)) * 1e100 ** np.linspace(-1, 1, 9)
    scaled = dense_numbers(X)
    assert scaled.dtype == np.float32
    expected = (X - X.mean(axis=0)) / X.std(axis=0)
    np.testing.assert_allclose(scaled, expected, rtol=1e-5, atol=1e-6)


def test_one_long_text_does_not_lengthen_all_others():
    texts = ["short"] * 499 + ["long " * 20_000]
    tracemalloc.start()
    assert dense_numbers(texts) is None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6  # padded, they take 200 MB


def test_rounds_leave_enough_of_every_class():
    rng = np.random.default_rng(0)
    y = np.repeat(["a", "b"], [200, 12])
    X = rng.normal(size=(212, 2))  # no signal: nearly all of class b looks wrong
    detector = ConfidentLearning(HistGradientBoostingClassifier(max_iter=5), n_rounds=3)
    detector.fit(X, y)
    for fold in detector.estimators_:
        assert set(fold.classes_) == {"a", "b"}


def test_a_noise_matrix_method_takes_the_place_of_the_default(noisy_blobs):
    X, y, _, _ = noisy_blobs
    by_name = ConfidentLearning(LogisticRegression(), noise_matrix="confident_joint").fit(X, y)
    by_part = ConfidentLearning(LogisticRegression(), noise_matrix=ConfidentJoint()).fit(X, y)
    np.testing.assert_array_equal(by_name.joint_, by_part.joint_)
    np.testing.assert_array_equal(by_name.issues_.noise.joint, by_name.joint_)
    default = ConfidentLearning(LogisticRegression()).fit(X, y)
    np.testing.assert_array_equal(default.joint_, by_name.joint_)
    assert (default.issues_.noise.joint != default.joint_).any()
    with pytest.raises(ValueError, match=r"ConfidentJoint.*Got 'nonsense'"):
        ConfidentLearning(LogisticRegression(), noise_matrix="nonsense").fit(X, y)


def test_a_smaller_max_fdr_flags_less(noisy_blobs):
    X, y, _, _ = noisy_blobs
    counts = [
        ConfidentLearning(LogisticRegression(), max_fdr=fdr).fit(X, y).issues_.n_issues
        for fdr in (0.0, 0.02, 0.1, 1.0)
    ]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def mixed_table(seed=0, n=240):
    rng = np.random.default_rng(seed)
    kind = rng.choice(["oak", "elm", "ash"], n)
    height = np.where(kind == "oak", 3.0, 0.0) + rng.normal(size=n)
    y_true = np.where(height + (kind == "elm") > 1.2, "tall", "short")
    height[rng.random(n) < 0.1] = np.nan
    frame = pd.DataFrame(
        {
            "kind": np.where(rng.random(n) > 0.05, kind.astype(object), None),
            "height": height,
            "zone": pd.Categorical(rng.choice(["n", "s"], n)),
            "count": pd.array(np.where(rng.random(n) < 0.1, None, 3), dtype="Int64"),
            "old": rng.random(n) < 0.5,
        },
        index=[f"tree-{i}" for i in range(n)],
    )
    assert frame["kind"].nunique() == 3
    y, flipped = flip_labels(y_true, make_noise_matrix("uniform", 2, 0.15), random_state=seed)
    return frame, pd.Series(y, index=frame.index, name="size"), flipped


def test_the_default_takes_tables_with_text_and_gaps():
    X, y, flipped = mixed_table()
    detector = ConfidentLearning().fit(X, y)
    assert detector.issue_mask_[flipped].mean() > 2 * detector.issue_mask_[~flipped].mean()
    np.testing.assert_array_equal(detector.feature_names_in_, X.columns)
    unseen = X.iloc[:5].assign(kind="palm")
    assert np.isfinite(detector.score_labels(unseen, y.iloc[:5])).all()
    frame = detector.issues_.to_frame(index=X.index)
    assert list(frame.index) == list(X.index)


def test_the_default_takes_polars():
    X, y, _ = mixed_table()
    X = X.drop(columns=["zone", "count"])
    ours = polars.DataFrame(
        {
            "kind": [value if isinstance(value, str) else None for value in X["kind"]],
            "height": X["height"].to_numpy(),
            "old": X["old"].to_numpy(),
        }
    )
    first = ConfidentLearning().fit(ours, polars.Series("size", y.tolist()))
    second = ConfidentLearning().fit(X, y)
    np.testing.assert_allclose(first.label_quality_, second.label_quality_)


def test_text_needs_only_a_classifier_that_takes_text():
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline

    X = ["good film", "great film", "fine film", "bad book", "poor book", "dull book"] * 10
    y = (["good"] * 3 + ["bad"] * 3) * 10
    y[0] = "bad"
    text = make_pipeline(TfidfVectorizer(), LogisticRegression())
    issues = ConfidentLearning(text).fit(X, y).issues_
    assert issues.ranked_indices()[0] == 0
    assert issues.suggested_label[0] == "good"


@pytest.mark.parametrize("kind", ["array", "numbers", "text"])
def test_the_default_survives_columns_without_a_value(kind):
    X, y, _ = mixed_table()
    empty = X.assign(nothing=np.nan)
    if kind == "text":
        empty["nowhere"] = pd.Series([None] * len(X), index=X.index, dtype=object)
    else:
        empty = empty[["height", "nothing"]]
        X = X[["height"]]
    if kind == "array":
        empty, X = empty.to_numpy(), X.to_numpy()
    detector = ConfidentLearning().fit(empty, y)
    np.testing.assert_allclose(
        detector.label_quality_, ConfidentLearning().fit(X, y).label_quality_
    )


def test_the_default_takes_more_values_than_a_histogram_holds():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"name": [f"n{i}" for i in rng.integers(0, 900, size=2000)]})
    y = rng.choice(["a", "b"], size=2000)
    assert ConfidentLearning(cv=2).fit(X, y).issues_.n_issues > 0


def test_the_default_takes_nullable_texts_dates_and_mixed_columns():
    X, y, flipped = mixed_table()
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.nan_to_num(X["height"]) * 100, unit="D")
    odd = pd.DataFrame(
        {
            "kind": X["kind"].astype("string"),
            "day": pd.Series(day, index=X.index).where(X["height"].notna()),
            "zoned": pd.Series(day, index=X.index).dt.tz_localize("Europe/Paris"),
            "mixed": [1, "one"] * (len(X) // 2),
        },
        index=X.index,
    )
    detector = ConfidentLearning().fit(odd, y)
    assert detector.issue_mask_[flipped].mean() > 2 * detector.issue_mask_[~flipped].mean()
    assert np.isfinite(detector.score_labels(odd.iloc[:5], y.iloc[:5])).all()
    ours = polars.DataFrame(
        {
            "kind": [kind if isinstance(kind, str) else None for kind in X["kind"]],
            "day": odd["day"].to_numpy(),
        }
    )
    assert np.isfinite(ConfidentLearning().fit(ours, y).label_quality_).all()
