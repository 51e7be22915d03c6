"""What a run of the benchmark is asked to do, and how its cases are shared out."""

import shlex
import warnings
from dataclasses import dataclass
from pathlib import Path

import sklearn
from joblib import Memory, Parallel, delayed

from .cases import KINDS, RATES, case_names, model_names
from .data import set_names
from .peer import peer_version

QUICK_SETS = {"two classes", "imbalanced mixture", "wine", "overlapping mixture"}
QUICK_MODELS = ("logistic", "knn")


@dataclass(frozen=True)
class Settings:
    """Options of the command line."""

    half: str = "report"
    quick: bool = False
    seeds: int = 2
    parts: tuple[str, ...] = ()  # none for all of them
    n_jobs: int = 1
    cache: str | None = None
    which: str | None = None

    def command(self):
        """The command that makes the same figures."""
        words = ["python", "benchmarks/quality.py", "--half", self.half]
        words += ["--quick"] if self.quick else ["--seeds", str(self.seeds)]
        words += ["--part", *self.parts] if self.parts else []
        words += ["--which"] if self.which else []
        return shlex.join(words)

    def cached(self, function):
        """The function with a memory on disk, kept apart by what the results depend on."""
        if self.cache is None:
            return function
        versions = f"scikit-learn-{sklearn.__version__}-cleanlab-{peer_version()}"
        return Memory(Path(self.cache) / versions, verbose=0).cache(function)

    def case_names(self, kinds=KINDS, rates=RATES, clean=False, among=None):
        """Names of the cases of this run; one seed and rate, few kinds and data sets if quick."""
        if self.quick:
            kinds, rates = kinds[-2:], (0.2,)
            among = QUICK_SETS if among is None else QUICK_SETS & set(among)
        return case_names(self.half, kinds, rates, self.n_seeds, clean, among)

    @property
    def n_seeds(self):
        """Number of seeds."""
        return 1 if self.quick else self.seeds

    def set_names(self):
        """Data sets of this run."""
        return [name for name in set_names(self.half) if not self.quick or name in QUICK_SETS]

    def model_names(self, name, among):
        """Models of a data set; two cheap ones if quick."""
        return model_names(name, [m for m in among if not self.quick or m in QUICK_MODELS])

    def each(self, function, names):
        """All rows that ``function(settings, *name)`` returns for the names, in order."""
        jobs = (delayed(_quietly)(function, self, name) for name in names)
        return [row for rows in Parallel(n_jobs=self.n_jobs)(jobs) for row in rows]


def _quietly(function, settings, name):
    """Call without the warnings of models that are not fitted to the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(settings, *name)
