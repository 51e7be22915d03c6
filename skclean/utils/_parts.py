"""Choose a part by object or by name."""

from skclean.utils._sklearn import InvalidParameterError


def _subclasses(base):
    for cls in base.__subclasses__():
        yield cls
        yield from _subclasses(cls)


def resolve_part(part, base, parameter):
    """The part itself, or the part with default parameters of that name.

    Parameters
    ----------
    part : instance of `base` or str
        A name is that of the class, in its own or in snake case:
        ``"ConfidentJoint"`` or ``"confident_joint"``.

    base : type
        Protocol that the part follows.

    parameter : str
        Name of the parameter, for the error message.

    Returns
    -------
    part : instance of `base`
        The part.
    """
    if isinstance(part, base):
        return part
    own_last = sorted(_subclasses(base), key=lambda cls: cls.__module__.startswith("skclean."))
    found = {cls.__name__.lower(): cls for cls in own_last}  # no other class takes their names
    cls = found.get(str(part).replace("_", "").lower())
    if cls is None:
        names = sorted(cls.__name__ for cls in found.values())
        raise InvalidParameterError(
            f"The {parameter!r} parameter must be an instance of {base.__name__} or the name of "
            f"one among {names}. Got {part!r} instead."
        )
    return cls()
