"""What cleanlab calls our parameters, to say so where they are used by habit."""

OURS = {
    "labels": "y",
    "filter_by": "prune",
    "return_indices_ranked_by": "quality",
    "method": "quality",
    "adjust_pred_probs": "adjust",
    "min_examples_per_class": "min_samples_per_class",
    "num_to_remove_per_class": "n_issues",
}


def refuse_other_names(function, names, keywords):
    """Refuse keywords that cleanlab has for parameters of a function.

    Parameters
    ----------
    function : str
        Name of the function.

    names : collection of str
        Its parameters.

    keywords : collection of str
        What it was called with.

    Raises
    ------
    TypeError
        If it takes such a keyword under another name.
    """
    theirs = [word for word in keywords if word not in names and OURS.get(word) in names]
    if theirs:
        meant = ", ".join(f"{word} is {OURS[word]}" for word in theirs)
        raise TypeError(
            f"{function}() takes no {' and no '.join(theirs)}. Coming from cleanlab, {meant} here, "
            "with values of its own; see coming_from/cleanlab in the documents."
        )
