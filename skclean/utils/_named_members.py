"""Lists of estimators whose members may have names, for GridSearchCV to tune them."""

from skclean.utils._sklearn import InvalidParameterError, _BaseComposition


def _are_named(members):
    """Are all of these pairs of a name and an estimator?"""
    if not isinstance(members, list | tuple) or not members:
        return False
    return all(
        isinstance(member, tuple) and len(member) == 2 and isinstance(member[0], str)
        for member in members
    )


class NamedMembersMixin(_BaseComposition):
    """Mixin of estimators with a list of others, plain or with names as in VotingClassifier.

    `_members_parameter` is the name of the list. Parameters of members with names are
    reached as ``name__parameter``, and a member itself by its name.
    """

    _members_parameter: str

    def get_params(self, deep: bool = True) -> dict:
        """Get the parameters.

        Parameters
        ----------
        deep : bool, default=True
            With those of the members that have names.

        Returns
        -------
        params : dict
            Values by name.
        """
        if _are_named(getattr(self, self._members_parameter)):
            return self._get_params(self._members_parameter, deep)
        return super().get_params(deep)

    def set_params(self, **params):
        """Set parameters, those of members with names as ``name__parameter``.

        Parameters
        ----------
        **params : dict
            Values by name.

        Returns
        -------
        self : object
            This estimator.
        """
        if self._members_parameter in params:
            setattr(self, self._members_parameter, params.pop(self._members_parameter))
        members = getattr(self, self._members_parameter)
        if not _are_named(members):
            return super().set_params(**params)
        setattr(self, self._members_parameter, list(members))  # a tuple could not be changed
        return self._set_params(self._members_parameter, **params)

    def _members(self):
        """The members without their names."""
        members = getattr(self, self._members_parameter)
        if not _are_named(members):
            return list(members)
        names = [name for name, _ in members]
        try:
            self._validate_names(names)
        except ValueError as error:
            raise InvalidParameterError(
                f"The {self._members_parameter!r} parameter of {type(self).__name__} must have "
                f"names that can be told apart from parameters. {error}."
            ) from error
        return [member for _, member in members]
