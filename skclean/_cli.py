"""The command line: ``skclean audit``, ``apply``, ``clean`` and ``demo``."""

import shlex
import signal
import sys
import warnings
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from skclean._cli_review import named_by, read_reviews, reviewed, same_column, with_review
from skclean._cli_summary import (
    describe_classes,
    describe_contradictions,
    describe_flags,
    describe_noise,
    describe_review,
    describe_table,
    describe_trust,
    printable,
)
from skclean._table import (
    TableError,
    UsageError,
    check_input,
    check_output,
    check_target,
    is_gzip,
    same_kind,
)
from skclean.utils._text import counted

app = typer.Typer(
    name="skclean",
    help="Find and remove wrong labels in a table.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
received = []  # signals that asked to stop


class Action(StrEnum):
    """What happens to flagged rows."""

    drop = "drop"
    relabel = "relabel"


File = Annotated[
    Path,
    typer.Argument(
        help="Table: .csv, .tsv, .txt, .data, each also as .gz, or .parquet.", readable=False
    ),
]
Label = Annotated[str, typer.Option("--label", help="Column with the labels.")]
Id = Annotated[
    str | None, typer.Option("--id", help="Column that names the rows; not used as a feature.")
]
Group = Annotated[
    str | None,
    typer.Option(
        "--group", help="Column whose equal values stay together in the folds; no feature."
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option("--ignore", help="Column that is no feature. Once for each column."),
]
Model = Annotated[
    str,
    typer.Option(
        "--model",
        help="hist-gradient-boosting, logistic, random-forest, knn, or the import path of a "
        "classifier, such as sklearn.naive_bayes.GaussianNB.",
    ),
]
Folds = Annotated[
    int, typer.Option("--cv", min=2, help="Number of folds, fitted again without what was flagged.")
]
MaxFdr = Annotated[
    float | None,
    typer.Option(
        "--max-fdr",
        min=0,
        max=1,
        help="Largest expected share of false flags, by the model's own probabilities.",
    ),
]
Budget = Annotated[
    int | None,
    typer.Option("--budget", min=1, help="Flag this many rows at most, the worst first."),
]
Jobs = Annotated[
    int | None, typer.Option("--n-jobs", help="Folds fitted at a time; -1 is all cores.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of folds and model.")]
Reviews = Annotated[
    list[Path] | None,
    typer.Option(
        "--review",
        help="Decisions of an earlier review: these labels are trusted. Once for each file.",
    ),
]
Sep = Annotated[
    str | None,
    typer.Option("--sep", help="Delimiter of a CSV file, or 'tab'; the default is a comma."),
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Print errors alone: no summary, note or progress."),
]


def _print_version(wanted):
    if wanted:
        from skclean import __version__

        print(f"skclean {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_print_version),
    ] = False,
):
    """Find and remove wrong labels in a table."""


def note(text):
    """Write a line about the work to stderr."""
    print(f"skclean: {printable(' '.join(str(text).split()))}", file=sys.stderr)


def _interrupt(signum, frame):
    received.append(signum)
    raise KeyboardInterrupt  # unwinds, so that unfinished outputs are removed


@contextmanager
def exit_status(quiet=False):
    """Exit as Unix tools do: a line on stderr and 1, 2 or 130; warnings become notes.

    A quiet command has no notes.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for noise in [DeprecationWarning, FutureWarning, ResourceWarning]:
            warnings.simplefilter("ignore", noise)
        warnings.filterwarnings("ignore", "The least populated class")  # said in other words
        problem = status = None
        try:
            yield
        except TableError as error:
            problem, status = f"error: {error}", error.exit_code
        except KeyboardInterrupt:
            problem, status = "interrupted", 130
        if received:  # pandas reports an interrupt as an error of the file
            problem, status = "interrupted", 128 + received[0]
        for text in dict.fromkeys(str(warning.message) for warning in caught if not quiet):
            note(f"note: {text}")
        if status:
            note(problem)
            raise typer.Exit(status)


def progress(quiet=False):
    """Callbacks that show the progress of a fit, where stderr is a terminal."""
    if quiet or not sys.stderr.isatty():
        return []
    try:
        import rich
        from sklearn.callback import ProgressBar
    except ImportError:  # scikit-learn < 1.9 has no callbacks
        note("judging the rows by cross-validation ...")
        return []
    rich.reconfigure(stderr=True)
    return [ProgressBar(max_propagation_depth=0)]


@contextmanager
def working(on, quiet=False):
    """Show that something of unknown length goes on, where stderr is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    try:
        from rich.console import Console
    except ImportError:
        yield
        return
    with Console(stderr=True).status(on):
        yield


def audited(
    path,
    outputs,
    *,
    label,
    id,
    group,
    ignore,
    sep,
    model,
    max_fdr,
    budget,
    n_jobs,
    quiet,
    review=(),
    **options,
):
    """Check the options, read a table, bring a review in, and find its label issues."""
    from skclean._table import find_table_issues, make_model, read_table

    if max_fdr is not None and budget is not None:
        raise UsageError("--max-fdr and --budget both bound the flags; pass one of them")
    if n_jobs == 0:
        raise UsageError("--n-jobs must be 1 or more, or -1 for all cores; got 0")
    check_input(path)
    for check, output in outputs:
        if output is not None:
            for source in [path, *(review or ())]:
                check(output, source)
    model = make_model(model)
    decisions = read_reviews(review) if review else None
    with working("reading the table ...", quiet):
        if decisions is not None:
            id = named_by(decisions, id)
        table = read_table(path, label, id=id, group=group, sep=sep, ignore=ignore or ())
    if decisions is not None:
        same_column(decisions, label)
        table, told = with_review(table, decisions)
        options |= told
    issues = find_table_issues(
        table,
        model,
        max_fdr=max_fdr,
        budget=budget,
        n_jobs=n_jobs,
        callbacks=progress(quiet),
        **options,
    )
    return table, issues


def make_report(path, table, issues, images):
    """The audit of a table, for a page or for JSON."""
    import pandas as pd

    from skclean.report import Audit

    if images is not None and images not in table.shown.columns:
        raise TableError(
            f"there is no column {images!r} for --images: the columns are "
            f"{', '.join(map(repr, table.shown.columns[:10]))}"
        )
    set_aside = {f"no label in the column {table.label!r}": table.unlabelled_rows}
    return Audit(
        issues,
        table.shown,
        ids=None if table.ids is None else pd.Index(table.ids, name=table.id),
        images=images,
        groups=table.groups,
        title=path.name,
        label=table.label,
        rows=table.rows,
        y_before=table.y_before,
        set_aside=set_aside,
        detector="ConfidentLearning",
    )


def check_page():
    """Check that pages can be written, before the long work."""
    from skclean.report._html import check_extras

    try:
        check_extras()
    except ImportError as error:
        raise TableError(str(error)) from error


def write_page(report, path, decisions):
    """Write the page of an audit, which saves decisions under a name."""
    try:
        report.to_html(path, decisions=decisions)
    except OSError as error:
        raise TableError(f"cannot write {str(path)!r}: {error.strerror or error}") from error


def decisions_name(earlier):
    """A name for the decisions of a page, beside those of earlier reviews, without its ending."""
    taken = {path.stem for path in earlier or ()}
    number = len(taken) + 1
    while f"decisions-{number}" in taken:
        number += 1
    return f"decisions-{number}" if taken else "decisions"


def how_to_apply(path, earlier, sep):
    """The command that applies the decisions of a page, beside those of earlier reviews."""
    reviews = [*(earlier or ()), f"{decisions_name(earlier)}.csv"]
    words = ["skclean", "apply", str(path)]
    words += [word for review in reviews for word in ("--review", str(review))]
    words += ["-o", "reviewed" + "".join(path.suffixes[-2 if is_gzip(path) else -1 :])]
    words += [] if sep is None else ["--sep", sep]
    return printable(shlex.join(words))


@app.command()
def audit(
    file: File,
    label: Label,
    id: Id = None,
    model: Model = "hist-gradient-boosting",
    cv: Folds = 3,
    group: Group = None,
    ignore: Ignore = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Write the flagged rows here, worst first: .csv, .csv.gz or .parquet.",
            readable=False,
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", help="Write a page to review them in the browser.", readable=False),
    ] = None,
    images: Annotated[
        str | None,
        typer.Option("--images", help="Column with paths of pictures, shown on the page."),
    ] = None,
    review: Reviews = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the audit as JSON in place of the summary.")
    ] = False,
    max_fdr: MaxFdr = None,
    budget: Budget = None,
    n_jobs: Jobs = None,
    seed: Seed = 0,
    sep: Sep = None,
    quiet: Quiet = False,
):
    """Find the labels of a table that are likely wrong, and print a summary."""
    with exit_status(quiet):
        if images is not None and html is None:
            raise UsageError("--images shows pictures on the page; pass --html as well")
        if html is not None:
            if output is not None and output.resolve() == html.resolve():
                raise UsageError(f"--output and --html name the same file {str(html)!r}")
            check_page()
        table, issues = audited(
            file,
            [(check_output, output), (check_target, html)],
            review=review,
            label=label,
            id=id,
            model=model,
            cv=cv,
            group=group,
            ignore=ignore,
            max_fdr=max_fdr,
            budget=budget,
            n_jobs=n_jobs,
            seed=seed,
            sep=sep,
            quiet=quiet,
        )
        if output is not None:
            from skclean._table import write_issues

            write_issues(output, table, issues)
        report = make_report(file, table, issues, images) if html is not None or json else None
        if html is not None:
            with working("writing the page ...", quiet):
                write_page(report, html, decisions_name(review))
        if json:
            print(report.to_json())
        if json or quiet:
            return
        parts = [
            describe_table(file, table),
            describe_classes(table, issues),
            describe_noise(table, issues),
            describe_flags(table, issues),
        ]
        if contradictions := describe_contradictions(table):
            parts.append(contradictions)
        if output is not None:
            parts.append(f"Wrote {counted(issues.n_issues, 'row')} to {printable(output)}")
        if html is not None and issues.n_issues == 0:
            parts.append(f"Wrote {printable(html)}: open it in a browser")
        elif html is not None:
            parts.append(
                f"Wrote {printable(html)}: open it in a browser, review the rows, download the "
                f"decisions\nas {decisions_name(review)}.csv, and run: "
                f"{how_to_apply(file, review, sep)}"
            )
        elif output is None and issues.n_issues:
            parts.append(
                "Pass --html report.html to review the flagged rows in a browser,\n"
                "or --output issues.csv to save them."
            )
        print("\n\n".join(parts))


@app.command()
def clean(
    file: File,
    label: Label,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="Where the cleaned copy goes.", readable=False),
    ],
    action: Annotated[
        Action,
        typer.Option("--action", help="Leave the flagged rows out, or correct their labels."),
    ] = Action.drop,
    review: Reviews = None,
    id: Id = None,
    model: Model = "hist-gradient-boosting",
    cv: Folds = 3,
    group: Group = None,
    ignore: Ignore = None,
    max_fdr: MaxFdr = None,
    budget: Budget = None,
    n_jobs: Jobs = None,
    seed: Seed = 0,
    sep: Sep = None,
    quiet: Quiet = False,
):
    """Write a copy of a table without the labels that are likely wrong.

    All else stays as it is, byte for byte, and rows without a label are kept. The input
    is never changed. With a review, its decisions are applied first, and stay.
    """
    with exit_status(quiet):
        same_kind(file, output, sep)
        table, issues = audited(
            file,
            [(check_output, output)],
            review=review,
            label=label,
            id=id,
            model=model,
            cv=cv,
            group=group,
            ignore=ignore,
            max_fdr=max_fdr,
            budget=budget,
            n_jobs=n_jobs,
            seed=seed,
            sep=sep,
            quiet=quiet,
        )
        from skclean._table import changes_to_make, clean_table

        changes = changes_to_make(table, issues, action.value)
        clean_table(file, output, table, changes, sep=sep)
        if quiet:
            return
        n_reviewed = int((table.y != table.y_given).sum())
        done = "Left out" if action is Action.drop else "Relabelled"
        print(describe_table(file, table))
        print(f"\n{done} {len(changes) - n_reviewed:,} of {counted(table.n_rows, 'row')}")
        if review:
            print(f"Changed {counted(n_reviewed, 'label')} as reviewed")
        if issues.n_issues:
            print(describe_trust(table, issues))
        if contradictions := describe_contradictions(table):
            print(contradictions)
        if issues.n_issues and issues.n_ambiguous == issues.n_issues:
            note("note: no flag stands; look at them before you use the copy: skclean audit --html")
        print(f"Wrote {printable(output)}")


@app.command()
def apply(
    file: File,
    review: Annotated[
        list[Path],
        typer.Option(
            "--review", help="Decisions that the page saved, .csv or .json. Once for each file."
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="Where the reviewed copy goes.", readable=False),
    ],
    label: Annotated[
        str | None,
        typer.Option("--label", help="Column with the labels; the decisions mostly name it."),
    ] = None,
    id: Annotated[
        str | None,
        typer.Option("--id", help="Column that names the rows, to check or find them by."),
    ] = None,
    sep: Sep = None,
    quiet: Quiet = False,
):
    """Write a copy of a table with the labels that a review settled.

    All else stays as it is, byte for byte; the input is never changed. Decisions that do
    not fit the table are refused, and nothing is written.
    """
    with exit_status(quiet):
        from skclean._table import clean_table, read_labels

        same_kind(file, output, sep)
        check_input(file)
        check_output(output, file)
        decisions = read_reviews(review)
        for path in review:
            check_output(output, path)
        label = decisions.column if label is None else label
        if label is None:
            files = ", ".join(repr(str(path)) for path in review)
            raise UsageError(f"{files}: no name of a label column there; pass --label")
        same_column(decisions, label)
        id = named_by(decisions, id)
        table = read_labels(file, label, id=id, sep=sep)
        checked = reviewed(table, decisions)
        changed = checked.is_changed
        new = checked.classes[checked.new[changed]]
        changes = dict(zip(checked.rows[changed].tolist(), new.tolist(), strict=True))
        clean_table(file, output, table, changes, sep=sep)
        if not quiet:
            print(describe_review(file, review, table, checked))
            print(f"\nWrote {printable(output)}")


@app.command()
def demo(seed: Seed = 0):
    """Plant label noise in scikit-learn's digits, find it, and train in spite of it."""
    with exit_status():
        from skclean._demo import describe_demo, run_demo

        print(describe_demo(run_demo(seed, callbacks=progress())))


def run():
    """Run the command line and exit."""
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, _interrupt)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    app(prog_name="skclean")
