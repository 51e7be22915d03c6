"""The summary of an audit in words."""

from skclean.report._columns import MAX_CATEGORIES
from skclean.utils._text import first_of


def _labels(n, verb_one="is", verb_many="are"):
    return f"{n:,} label{'' if n == 1 else 's'} {verb_one if n == 1 else verb_many}"


def _how_many(summary):
    """How many labels are wrong, as far as anything tells."""
    n = summary["n_samples"] - summary["n_unjudged"]
    if summary["n_wrong"] is None:
        return [f"{summary['detector']} does not estimate how many of the {n:,} labels are wrong."]
    n_wrong = round(summary["n_wrong"])
    n_changed = summary["n_changed"]
    verb = ("is" if n_wrong == 1 else "are") if n_changed is None else "were"
    text = f"About {n_wrong:,} of {n:,} labels {verb} wrong"
    if n_changed is not None:
        text += " before the review"
    if summary["noise_rate_bounds"] is not None:  # wider than the interval, and about the truth
        low, high = (round(n * end) for end in summary["noise_rate_bounds"])
        if low < high:
            text += f"; the data allow {low:,} to {high:,}, as classes that overlap look like noise"
    elif summary["n_wrong_interval"] is not None:
        low, high = (round(end) for end in summary["n_wrong_interval"])
        text += f" (95% interval {low:,} to {high:,}, by which rows are in the data)"
    words = [f"{text}."]
    if n_changed is not None:
        n_left = max(n_wrong - n_changed, 0)
        words.append(
            f"The review changed {n_changed:,} of them, so that about {n_left:,} "
            f"{'is' if n_left == 1 else 'are'} still wrong."
        )
    return words


def _flags(summary):
    """What the flags are and how many should be right."""
    n, ambiguous = summary["n_issues"], summary["n_ambiguous"]
    if n == 0:
        return ["No label is flagged."]
    text = f"{_labels(n)} flagged as likely wrong"
    if ambiguous:
        text += f": {n - ambiguous:,} stand, {ambiguous:,} could be due to overlap of the classes"
    words = [f"{text}."]
    if summary["expected_precision"] is not None:
        text = f"About {summary['expected_precision']:.0%} of the flags should be right"
        if summary["expected_precision_interval"] is not None:
            low, high = summary["expected_precision_interval"]
            text += f" (nine times out of ten, {low:.0%} to {high:.0%})"
        words.append(f"{text}.")
    return words


def _review(summary):
    """What a review has shown."""
    if not summary["n_trusted"]:
        return []
    words = [
        f"{_labels(summary['n_trusted'], 'was', 'were')} reviewed, and trusted as they are now."
    ]
    if summary["measured_precision"] is not None:
        text = f"Of the reviewed flags, {summary['measured_precision']:.0%} were right"
        if summary["measured_precision_interval"] is not None:
            low, high = summary["measured_precision_interval"]
            text += f" (95% interval {low:.0%} to {high:.0%})"
        words.append(f"{text}.")
    return words


def summary_words(summary, class_health, n_duplicates, unjudged, skipped=()):
    """Sentences on what an audit found, the most important first.

    Parameters
    ----------
    summary : dict
        The numbers.

    class_health : list of dict
        What is known of each class.

    n_duplicates : int
        Number of groups of like rows with different labels.

    unjudged : list of dict
        What could not be judged and why.

    skipped : list of str, default=()
        Columns with too many values to compare them.

    Returns
    -------
    words : list of str
        Sentences, or a few that belong together.
    """
    words = [*_how_many(summary), *_flags(summary), *_review(summary)]
    doubtful = [entry for entry in class_health if entry["is_doubtful"]]
    if doubtful:
        names = first_of([entry["class"] for entry in doubtful])
        text = f"Most labels that are or should be {names} look wrong"
        if unflagged := [entry["class"] for entry in doubtful if entry["n_flagged"] == 0]:
            of = f" of {first_of(unflagged)}" if len(unflagged) < len(doubtful) else ""
            text += f", though none{of} is flagged"
        words.append(f"{text}: see some of their rows before acting on them.")
    if n_duplicates:
        noun = "group of rows is" if n_duplicates == 1 else "groups of rows are"
        words.append(f"{n_duplicates:,} {noun} alike but labelled differently.")
    words.extend(f"{entry['n']:,} not judged: {entry['reason']}." for entry in unjudged)
    if skipped:
        words.append(
            f"Flags were not compared by the values of {first_of(skipped)}: more than "
            f"{MAX_CATEGORIES} differ."
        )
    return words
