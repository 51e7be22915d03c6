"""Write files whole or not at all."""

import os
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path, keep=True):
    """Write a file whole or not at all.

    Parameters
    ----------
    path : path-like
        The file to be. It is there, or replaced, only once the block has ended well.

    keep : bool, default=True
        False for a trial that leaves nothing behind.

    Yields
    ------
    file : binary file
        A temporary file in the same folder.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    target = Path(path).resolve()
    temporary = target.with_name(f".{target.name[:100]}.{os.getpid()}.tmp")
    if target.exists() and not target.is_file():
        raise OSError(None, "it is not a regular file", str(path))
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(None, "it is write-protected", str(path))
    try:
        with open(temporary, "wb") as file:
            yield file
        if keep:
            os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
