"""Nothing that serves or trains can name the files of the truth, or import who writes them."""

from tests.test_architecture import OURS, ROOT

NAMED = ("truth.parquet", "truth.json", "truth/", "simulation.")
MAY = ("simulation/", "web/cli/simulate.py")


def test_no_module_of_the_product_names_the_truth() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in OURS
        if not str(path.relative_to(ROOT)).startswith(MAY)
        for word in NAMED
        if word in path.read_text(encoding="utf-8")
    ]
    assert found == []
