# Two commands do everything on a machine with Python 3.11 or later; both are thin over
# pip, skclean and pytest, which the README shows too.
PYTHON ?= python3
VENV ?= .venv
EXTRAS ?=
BIN = $(VENV)/bin

.PHONY: demo test test-oldest lint types package docs bench benchmarks clean

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

demo: $(BIN)/python
	$(BIN)/python -m pip install --quiet ".[cli]"
	$(BIN)/skclean demo

test: $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[test]"
	$(if $(EXTRAS),$(BIN)/python -m pip install --quiet --editable ".[$(EXTRAS)]")
	$(BIN)/python -m pytest --numprocesses auto

# scikit-learn's checks and our contract on the oldest direct dependencies that we allow
test-oldest:
	$(PYTHON) -m venv $(VENV)-oldest
	$(VENV)-oldest/bin/python .ci/oldest.py > $(VENV)-oldest/constraints.txt
	$(VENV)-oldest/bin/python -m pip install --quiet --constraint $(VENV)-oldest/constraints.txt \
		--editable ".[pandas]" pytest pytest-xdist
	$(VENV)-oldest/bin/python -m pytest --numprocesses auto tests/test_common.py tests/detectors/test_base.py

lint: $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[lint]"
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell README.md CONTRIBUTING.md SECURITY.md docs skclean tests examples benchmarks

# the public signatures, by a script as users write it
types: $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[types]"
	$(BIN)/mypy

# the site, in docs/_build/html; a warning is an error
docs: $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[docs]"
	OMP_NUM_THREADS=1 $(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	$(BIN)/python docs/check_links.py docs/_build/html

# sdist, wheel built from it, and the tests of the sdist on the wheel in a fresh environment;
# TESTS="tests/cli" runs a part of them
TESTS = tests
package: $(BIN)/python
	rm -rf dist $(VENV)-package
	$(BIN)/python -m pip install --quiet build
	$(BIN)/python -m build --outdir dist
	$(PYTHON) -m venv $(VENV)-package
	$(VENV)-package/bin/python -m pip install --quiet "$$(ls dist/*.whl)[test]"
	mkdir $(VENV)-package/source
	tar -xzf dist/*.tar.gz -C $(VENV)-package/source --strip-components=1
	rm -r $(VENV)-package/source/skclean
	cd $(VENV)-package/source && ../bin/python -m pytest --numprocesses auto $(TESTS)

# speed and memory against their bounds and cleanlab; about half an hour, on a quiet machine
bench: $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[test]"
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/speed.py --output docs/speed.md

# every page of docs/benchmarks.md, on a quiet machine
QUALITY = OMP_NUM_THREADS=1 $(BIN)/python benchmarks/quality.py --seeds 1
benchmarks: bench
	$(QUALITY) --half report --part probabilities overlap ceiling loop classifier --output docs/quality.md
	$(QUALITY) --half both --part parts --which --output /dev/null
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/review.py --output docs/review_worth.md

clean:
	rm -rf $(VENV) $(VENV)-oldest $(VENV)-package dist
