"""Docstrings of public objects follow numpydoc, parameter by parameter."""

import inspect
import re
from dataclasses import is_dataclass
from pathlib import Path
from pydoc import locate

import pytest
from numpydoc.validate import validate

REFERENCE = Path(__file__).parent.parent / "docs" / "api.rst"
NAMES = re.findall(r"^   ([\w.]+)$", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE)
# what is left to taste: lengths, capitals, full stops, see-also and examples of methods
CHECKS = {
    *["GL03", "GL05", "GL06", "GL07", "GL09", "GL10"],
    *["SS01", "SS02", "SS04", "PR01", "PR02", "PR03", "PR07", "PR10"],
    *["RT01", "RT03", "YD01", "SA02", "SA03"],
}


def of_interest(found, name):
    records = {"PR01"} if is_dataclass(locate(name)) else set()  # these have attributes
    return [error for error in found["errors"] if error[0] in CHECKS - records]


@pytest.mark.parametrize("name", NAMES)
def test_docstrings_document_what_there_is(name):
    name = f"skclean.{name}"
    names, thing = [name], locate(name)
    if inspect.isclass(thing):
        own = [k for k, v in vars(thing).items() if inspect.isfunction(v) and k[0] != "_"]
        names += [f"{name}.{method}" for method in own]
    assert {each: of_interest(validate(each), each) for each in names} == {
        each: [] for each in names
    }


@pytest.mark.parametrize("name", NAMES)
def test_public_objects_show_an_example(name):
    thing = locate(f"skclean.{name}")
    internal = ("Base", "check_", "all_estimators", "Audit", "NoiseEstimate", "Report", "Calib")
    if not any(word in name for word in internal):
        assert ">>> " in inspect.getdoc(thing), name
