"""Types of what users pass, for signatures."""

from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Rows(Protocol):
    """Anything with a shape, a dtype and slices of rows: HDF5, Zarr, Dask, memory maps."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of rows, number of columns."""

    @property
    def dtype(self) -> Any:
        """What the rows are made of."""

    def __getitem__(self, rows: Any, /) -> Any:
        """Some of the rows."""


Probabilities = ArrayLike | Rows
Seed = int | np.random.RandomState | None
FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]
Mask = NDArray[np.bool_]
Collision = Literal["restricted", "unrestricted"]
PruneRule = Literal[
    "by_noise_rate",
    "by_class",
    "both",
    "confident",
    "predicted_neq_given",
    "by_posterior",
    "low_quality",
]
Quality = Literal[
    "averaged",
    "posterior",
    "self_confidence",
    "normalized_margin",
    "confidence_weighted_entropy",
]
