"""Time and peak memory of ``skclean audit`` on a mixed table of 50,000 rows.

Run ``python benchmarks/audit_memory.py [ROWS] [OPTIONS OF AUDIT]``. The table has 14
features: numbers, strings of few and of many values, and missing values in half of them;
8 % of the labels are wrong.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

NOISE_RATE = 0.08


def make_mixed_table(n_rows, seed=0):
    """A table with 8 numeric and 6 string features, missing values and planted errors.

    Parameters
    ----------
    n_rows : int
        Number of rows.

    seed : int, default=0
        Seed.

    Returns
    -------
    table : pandas.DataFrame of shape (n_rows, 15)
        The features and the column "label" of three classes.

    wrong : ndarray of shape (n_rows,), dtype bool
        The planted errors.
    """
    rng = np.random.default_rng(seed)
    codes = rng.choice(3, size=n_rows, p=[0.5, 0.3, 0.2])
    columns = {}
    for i in range(8):
        columns[f"number_{i}"] = rng.normal(size=n_rows) + codes * rng.uniform(0.5, 2)
    for i, n_values in enumerate([2, 5, 12, 50, 500, 20_000]):
        value = (rng.integers(n_values, size=n_rows) + codes * (n_values // 5)) % n_values
        columns[f"text_{i}"] = np.char.add(f"value {i} ", value.astype(str)).astype(object)
    table = pd.DataFrame(columns)
    for name in table.columns[::2]:
        table.loc[rng.random(n_rows) < 0.1, name] = np.nan
    wrong = rng.random(n_rows) < NOISE_RATE
    given = np.where(wrong, (codes + rng.integers(1, 3, size=n_rows)) % 3, codes)
    table["label"] = np.array(["alpha", "beta", "gamma"], dtype=object)[given]
    return table, wrong


def main():
    """Make the table, audit it in a fresh process and print what that took."""
    n_rows = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    table, wrong = make_mixed_table(n_rows)
    with tempfile.TemporaryDirectory() as folder:
        path, output = Path(folder, "table.csv"), Path(folder, "issues.csv")
        table.to_csv(path, index=False)
        command = [sys.executable, "-m", "skclean", "audit", str(path), "--label", "label"]
        start = time.perf_counter()
        subprocess.run([*command, "-o", str(output), *sys.argv[2:]], check=True)
        seconds = time.perf_counter() - start
        flagged = pd.read_csv(output)["row"]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    found = wrong[flagged].sum()
    print(
        f"\n{n_rows:,} rows x {table.shape[1] - 1} columns: {seconds:.1f} s, "
        f"peak RSS {peak:,.0f} MiB; "
        f"{found:,} of {wrong.sum():,} planted errors among {len(flagged):,} flags"
    )


if __name__ == "__main__":
    main()
