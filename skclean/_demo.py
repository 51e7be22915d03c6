"""The main job on data that scikit-learn ships, with label errors planted on purpose."""

from dataclasses import dataclass

NOISE_RATE = 0.3


@dataclass(frozen=True)
class DemoResult:
    """What came of the demonstration.

    Attributes
    ----------
    n_train, n_test, n_planted, n_flagged, n_found : int
        Training rows, test rows, planted errors, flagged rows, planted errors among them.

    estimated_rate, planted_rate : float
        Share of wrong labels, in [0, 1].

    plain_accuracy, noise_aware_accuracy : float
        Accuracy on test rows with true labels, in [0, 1].
    """

    n_train: int
    n_test: int
    n_planted: int
    n_flagged: int
    n_found: int
    estimated_rate: float
    plain_accuracy: float
    noise_aware_accuracy: float

    @property
    def planted_rate(self):
        """Share of wrong labels in the training rows."""
        return self.n_planted / self.n_train

    @property
    def precision(self):
        """Share of planted errors among the flagged rows."""
        return self.n_found / max(self.n_flagged, 1)

    @property
    def recall(self):
        """Share of the planted errors that are flagged."""
        return self.n_found / max(self.n_planted, 1)


def run_demo(seed=0, callbacks=()):
    """Plant label errors in the digits, find them, and train in spite of them.

    30 % of the training labels of each digit become the next digit (pair noise). A random
    forest is trained on them as they are, and by `NoiseAwareClassifier`.

    Parameters
    ----------
    seed : int, default=0
        Seed of the split, the noise and the forest.

    callbacks : sequence of callbacks, default=()
        What watches the noise-aware fit, where scikit-learn has callbacks.

    Returns
    -------
    result : DemoResult
        Counts and accuracies.
    """
    from sklearn.datasets import load_digits
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.model_selection import train_test_split

    from skclean import NoiseAwareClassifier
    from skclean.simulation import flip_labels, make_noise_matrix

    X, y_true = load_digits(return_X_y=True)
    X, X_test, y_true, y_test = train_test_split(
        X, y_true, test_size=0.3, stratify=y_true, random_state=seed
    )
    noise_matrix = make_noise_matrix("pair", n_classes=10, noise_rate=NOISE_RATE)
    y, flipped = flip_labels(y_true, noise_matrix, random_state=seed)

    plain = RandomForestClassifier(random_state=seed).fit(X, y)
    noise_aware = NoiseAwareClassifier(RandomForestClassifier(random_state=seed))
    if callbacks:
        noise_aware.set_callbacks(*callbacks)
    issues = noise_aware.fit(X, y).issues_
    return DemoResult(
        n_train=len(y),
        n_test=len(y_test),
        n_planted=int(flipped.sum()),
        n_flagged=issues.n_issues,
        n_found=int((issues.issue_mask & flipped).sum()),
        estimated_rate=float(issues.noise.noise_rate),
        plain_accuracy=plain.score(X_test, y_test),
        noise_aware_accuracy=noise_aware.score(X_test, y_test),
    )


def describe_demo(result):
    """Text on what came of the demonstration."""
    shares = f"{result.planted_rate:.1%}; estimated {result.estimated_rate:.1%}"
    return f"""\
Data      scikit-learn's digits: {result.n_train:,} rows to train, {result.n_test:,} to test
Noise     pair noise: {NOISE_RATE:.0%} of each digit's labels became the next (9 becomes 0)
          ({result.n_planted:,} training labels; the test labels are true)
Model     random forest

Wrong labels
  planted      {result.n_planted:,} ({shares})
  flagged      {result.n_flagged:,}, of which {result.n_found:,} were planted
  precision    {result.precision:.1%}
  recall       {result.recall:.1%}

Test accuracy
  plain        {result.plain_accuracy:.1%}
  noise-aware  {result.noise_aware_accuracy:.1%}"""
