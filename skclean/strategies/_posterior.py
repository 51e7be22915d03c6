"""Read p(true | x, given) by blocks of rows."""

import numpy as np

from skclean._core._blocks import row_blocks
from skclean._core._scan import own
from skclean._issues import _codes
from skclean.utils._threads import block_map


def true_label_blocks(issues):
    """Slices of samples, each with its p(true = k | x, given); no temporary is of all rows."""
    shape = len(issues.issue_mask), len(issues.classes)
    blocks = row_blocks(np.broadcast_to(np.float64(0), shape))
    return zip(blocks, block_map()(issues.true_label_proba, blocks), strict=True)


def suggested_chances(issues, rows):
    """p(true = suggested | x, given) of some samples."""
    codes = _codes(issues.suggested_label[rows], issues.classes)

    def chances(block):
        return own(issues.true_label_proba(rows[block]), codes[block])

    blocks = row_blocks(np.broadcast_to(np.float64(0), (len(rows), len(issues.classes))))
    return np.concatenate([np.zeros(0), *block_map()(chances, blocks)])
