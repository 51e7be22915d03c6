"""`import skclean` is light, silent, and gives what it names."""

import subprocess
import sys
from importlib import import_module

import pytest

import skclean


def run(code):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )


def test_import_is_silent_and_leaves_scikit_learn_for_later():
    done = run("import skclean, sys; sys.exit('sklearn' in sys.modules)")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_name_is_found_by_attribute_and_by_star():
    code = (
        "from skclean import *; import skclean; "
        "print(all(globals()[name] is getattr(skclean, name) for name in skclean.__all__))"
    )
    done = run(code)
    assert done.stdout == "True\n", done.stderr


@pytest.mark.parametrize("name", sorted(skclean._SUBMODULES))
def test_submodules_need_no_import_of_their_own(name):
    done = run(f"import skclean; print(skclean.{name}.__name__)")
    assert done.stdout == f"skclean.{name}\n", done.stderr
    assert name in dir(skclean)


def test_the_list_of_names_and_the_list_of_their_modules_agree():
    assert sorted(skclean._ADDRESSES) == skclean.__all__
    for name, module in skclean._ADDRESSES.items():
        assert getattr(import_module(f"skclean.{module}"), name) is getattr(skclean, name)


def test_another_name_is_no_attribute():
    with pytest.raises(AttributeError, match="module 'skclean' has no attribute 'Cleaner'"):
        _ = skclean.Cleaner
