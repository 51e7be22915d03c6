"""Small pictures of the flagged rows, as data URIs."""

import warnings
from base64 import b64encode
from io import BytesIO
from pathlib import Path

import numpy as np

LONGEST_SIDE = 128
MAX_CHARACTERS = 14_000_000  # of all pictures on a page


def _as_bytes(pixels, low, high):
    """Pixels as uint8: 0-255 as they are, other numbers by the range of all images."""
    if pixels.dtype == np.uint8:
        return pixels
    scaled = (np.nan_to_num(pixels.astype(np.float64), nan=low) - low) / ((high - low) or 1)
    return np.rint(255 * np.clip(scaled, 0, 1)).astype(np.uint8)


def _data_uri(picture):
    """A picture as text; photographs as JPEG, what is small as exact PNG."""
    kind = "PNG"
    if max(picture.size) > LONGEST_SIDE // 2:
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        kind = "JPEG" if picture.mode in ("RGB", "L") else "PNG"
    out = BytesIO()
    picture.save(out, kind, **({"quality": 85} if kind == "JPEG" else {"optimize": False}))
    return f"data:image/{kind.lower()};base64,{b64encode(out.getvalue()).decode()}"


def _from_array(images):
    """Function that makes a picture of a row."""
    from PIL import Image

    images = np.asarray(images)
    if images.ndim == 4 and images.shape[3] == 1:
        images = images[..., 0]
    if images.ndim not in (3, 4) or (images.ndim == 4 and images.shape[3] not in (3, 4)):
        raise ValueError(
            "images must have shape (n_samples, height, width) or (n_samples, height, width, 3 "
            f"or 4). Got {images.shape}."
        )
    low, high = (0.0, 255.0) if images.dtype == np.uint8 else _finite_range(images)
    return lambda position: Image.fromarray(_as_bytes(images[position], low, high))


def _finite_range(images):
    if images.dtype == bool:
        return 0.0, 1.0
    finite = images if images.dtype.kind in "iu" else images[np.isfinite(images)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)


def _from_file(paths, position):
    from PIL import Image

    path = Path(str(paths[position]))
    if not path.is_file():
        raise FileNotFoundError(path)
    with Image.open(path) as picture:
        picture.draft("RGB", (2 * LONGEST_SIDE, 2 * LONGEST_SIDE))
        has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
        return picture.convert("RGBA" if has_alpha else "RGB")


def thumbnails(images, positions, paths=None):
    """Pictures of rows, as many as fit in a page.

    Parameters
    ----------
    images : array of shape (n_samples, height, width) or (n_samples, height, width, 3 or 4)
        Gray, RGB or RGBA images; uint8 in 0-255, other numbers are scaled by their range.
        Not used where `paths` is given.

    positions : ndarray of shape (n_rows,)
        Rows to show, worst first.

    paths : array-like of shape (n_samples,), default=None
        Files to read the images from.

    Returns
    -------
    uris : list of str or None
        A data URI for each of the first rows; None where the image could not be read.

    notes : list of str
        What was left out.

    Raises
    ------
    ValueError
        If `images` has another shape.
    """
    from PIL import Image

    unreadable = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)
    picture_of = _from_array(images) if paths is None else lambda i: _from_file(paths, i)
    uris, notes, size = [], [], 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of PIL, about odd files
        for position in positions:
            try:
                uri = _data_uri(picture_of(position))
            except unreadable:
                uri = None
            size += len(uri or "null")
            if size > MAX_CHARACTERS:
                break
            uris.append(uri)
    n_unread = sum(uri is None for uri in uris)
    if n_unread and n_unread == len(uris):
        hint = ""
        if paths is not None:
            hint = f", such as {str(paths[positions[0]])!r}; relative paths start where you are"
        warnings.warn(f"None of {n_unread:,} images could be read{hint}.", stacklevel=2)
    if n_unread:
        notes.append(f"{n_unread:,} images could not be read.")
    if len(uris) < len(positions):
        notes.append(
            f"The images of the first {len(uris):,} rows are shown, so that the page stays small."
        )
    return uris, notes
