import json
import re
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest

from skclean import find_label_issues
from skclean.report import Audit
from skclean.report._embedding import embedded_json
from skclean.report._figures import drawn
from skclean.report._html import page_of
from skclean.report._row_values import row_values, short_numbers
from skclean.report._thumbnails import thumbnails
from tests.report.standin import make_audit

HOSTILE = (
    "</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>\"'&\n\u2028",
    "\u05e9\u05dc\u05d5\u05dd \U0001f600",
)


class Reader(HTMLParser):
    """Elements of a page, and what its data script holds."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.data, self._in_data = [], "", False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._in_data = dict(attrs).get("id") == "data"

    def handle_endtag(self, tag):
        self._in_data = False

    def handle_data(self, data):
        if self._in_data:
            self.data += data


def test_the_page_names_no_address_outside_itself():
    page = page_of(make_audit(images=np.zeros((80, 8, 8), dtype=np.uint8)))
    for _, attributes in Reader(page).elements:
        for name in ("src", "href", "action", "data", "srcset"):
            assert re.match(r"#|data:|$", attributes.get(name) or ""), attributes
    assert "url(http" not in page
    assert "@import" not in page


def test_hostile_text_makes_no_element_and_comes_back_from_the_data():
    import pandas as pd

    X = pd.DataFrame({HOSTILE[0]: [HOSTILE[1]] * 80})
    audit = make_audit(
        classes=HOSTILE, X=X, ids=[HOSTILE[0]] * 40, title=HOSTILE[0], label=HOSTILE[1]
    )
    reader = Reader(page_of(audit))
    plain = Reader(page_of(make_audit(X=pd.DataFrame({"a": ["b"] * 80}), ids=["c"] * 40)))
    assert [tag for tag, _ in reader.elements] == [tag for tag, _ in plain.elements]
    assert not any(name.startswith("on") for _, a in reader.elements for name in a)
    data = json.loads(reader.data)
    assert data["classes"] == list(HOSTILE)
    assert data["columns"][0]["name"] == HOSTILE[0]
    assert set(data["columns"][0]["values"]) == {HOSTILE[1]}


def test_ids_in_the_page_differ_and_headings_come_in_order():
    elements = Reader(page_of(make_audit())).elements
    ids = [a["id"] for _, a in elements if "id" in a]
    assert len(ids) == len(set(ids))
    levels = [int(tag[1]) for tag, _ in elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_a_page_without_flags_says_so():
    page = page_of(make_audit(0))
    assert "No label is flagged" in page
    assert json.loads(Reader(page).data)["row"] == []


@pytest.mark.parametrize(("n_expected", "is_said"), [(9.0, False), (20.0, False), (22.0, True)])
def test_pairs_of_which_far_fewer_are_flagged_than_expected_are_explained(n_expected, is_said):
    audit = make_audit()
    report = audit.to_dict()
    report["confused_pairs"][0]["n_expected"] = n_expected
    n_flagged = sum(
        row["given_label"] == report["classes"][0]
        and row["suggested_label"] == report["classes"][1]
        for row in report["rows"]
    )
    assert n_flagged == 7
    assert ("the classes overlap or one hides the other" in page_of(audit)) == is_said


def test_lone_surrogates_do_not_break_the_page():
    page = page_of(make_audit(classes=("a\ud800", "b"), title="\udfff"))
    assert json.loads(Reader(page.encode().decode()).data)["classes"][0] == "a\ud800"


def test_embedded_json_holds_what_was_put_in():
    data = {"a": "<!--</script>&\u2028\u2029"}
    assert not re.search("[<>&\u2028\u2029]", embedded_json(data))
    assert json.loads(embedded_json(data)) == data


def test_numbers_keep_six_digits():
    values = np.array([0.1 + 0.2, 123456.789, -1e-12 / 3, 2e20, 0.0])
    assert short_numbers(values) == [0.3, 123457.0, -3.33333e-13, 2e20, 0.0]


def test_columns_are_chosen_by_name_and_others_are_refused():
    X = np.arange(200.0).reshape(4, 50)
    shown, notes = row_values(X, np.array([2, 0]))
    assert len(shown) == 30
    assert "30 of 50" in notes[0]
    shown, notes = row_values(X, np.array([2, 0]), ["x49"])
    assert shown == [{"name": "x49", "values": [149.0, 49.0]}]
    assert notes == []
    with pytest.raises(ValueError, match=r"columns must name columns of X. Got \['z'\]"):
        row_values(X, np.array([0]), ["z"])


def test_missing_values_and_great_integers():
    import pandas as pd

    X = pd.DataFrame({"a": [1.5, np.nan], "b": ["u", None], "c": [2**60, 1]})
    shown, _ = row_values(X, np.array([0, 1]))
    assert [column["values"] for column in shown] == [[1.5, None], ["u", None], [str(2**60), "1"]]


def test_texts_are_a_column():
    assert row_values(["a", "b"], np.array([1]))[0] == [{"name": "value", "values": ["b"]}]


def test_thumbnails_of_arrays_and_of_files_that_are_not_there():
    uris, notes = thumbnails(np.arange(32).reshape(2, 4, 4), [1, 0])
    assert all(uri.startswith("data:image/png;base64,") for uri in uris)
    assert notes == []
    with pytest.warns(UserWarning, match=r"None of 1 images could be read, such as 'nowhere\.png'"):
        uris, notes = thumbnails(None, [0], ["nowhere.png"])
    assert uris == [None]
    assert notes == ["1 images could not be read."]
    with pytest.raises(ValueError, match="images must have shape"):
        thumbnails(np.zeros((2, 3)), [0])


def test_names_of_classes_are_left_to_the_fonts_of_the_browser():
    classes = np.array(["\u82f9\u679c", "\U0001f34b", "pear ", "pear"])
    codes = np.arange(120) % 4
    pred_probs = np.full((120, 4), 0.05)
    pred_probs[np.arange(120), (codes + (codes == 2) * (np.arange(120) < 60)) % 4] = 0.85
    issues = find_label_issues(classes[codes], pred_probs, classes=classes)
    page = page_of(Audit(issues))
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawings) == 2
    for drawing in drawings:
        assert all(name in drawing for name in classes[:2])
        assert "\u25a1" not in drawing
    assert '<bdi dir="auto">pear\u2423</bdi>' in page


def test_a_figure_takes_the_colour_of_the_page_and_brings_no_style():
    def draw(ax):
        ax.pcolormesh(np.eye(3))
        ax.set_title(HOSTILE[0])

    svg = drawn(draw, HOSTILE[1], "a-", (3, 3))
    elements = Reader(svg).elements
    assert not any(tag in ("style", "script") or "style" in a for tag, a in elements)
    assert any("currentColor" in a.values() for _, a in elements)
    assert all(a["id"].startswith("a-") for _, a in elements if "id" in a)
    defined = {a["id"] for _, a in elements if "id" in a}
    assert set(re.findall(r"url\(#([^)]*)\)", svg)) <= defined
