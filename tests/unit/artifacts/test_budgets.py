"""No artifact grows unseen, and what is deployed is what serverless.yml says."""

from pathlib import Path
from typing import Final

import pytest

from infra.artifacts import CannotBuild
from infra.artifacts.budgets import BUDGETS, MB, demand_within
from infra.artifacts.target import PYTHON
from infra.local.serverless import load_document

ROOT: Final = Path(__file__).parents[3]
SERVERLESS: Final = load_document(ROOT / "serverless.yml")
DOCS: Final = (ROOT / "docs/artifacts.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("zipped", "unzipped", "told"),
    [(8.6, 20, "8.6 MB zipped, and its budget is 8.5 MB"), (8, 24.2, "24.2 MB unzipped, and its budget is 23.5 MB")],
)
def test_one_that_is_over_its_budget_is_refused_with_its_largest_parts(
    zipped: float, unzipped: float, told: str
) -> None:
    sizes = {"lxml/etree.so": round((unzipped - 1) * MB), "shared/a.py": 600_000, "shared/b.py": 400_000}
    with pytest.raises(CannotBuild, match=f"email_events is {told}.*: lxml .* MB, shared 1.0 MB$"):
        demand_within("email_events", round(zipped * MB), sizes)


def test_one_that_is_within_its_budget_passes() -> None:
    demand_within("email_events", 8 * MB, {"a": 23 * MB})


def test_no_budget_is_more_than_lambda_takes() -> None:
    assert all(budget.unzipped < 250 and budget.zipped < budget.unzipped for budget in BUDGETS.values())


def test_every_function_has_a_budget_and_the_page_shows_it() -> None:
    assert list(BUDGETS) == list(SERVERLESS["functions"])
    rows = [f"| `{name}` | {one.zipped:g} | {one.unzipped:g} | {one.why} |" for name, one in BUDGETS.items()]
    assert "\n".join(rows) in DOCS


def test_it_is_built_for_the_python_that_is_deployed() -> None:
    assert SERVERLESS["provider"]["runtime"] == f"python{PYTHON}"
