"""Whole paise only: no float comes in, nothing is lost."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path
from typing import cast

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.gst import money
from billing.gst.gstr1 import build_gstr1
from billing.gst.gstr1_files import to_portal_json
from billing.gst.invoices import Invoice
from billing.gst.money import Paise
from billing.ledger import issued_documents
from domain.errors import InvalidInput
from tests.billing.samples import DAY, GARAGE, LINES, invoices, paise_of

ROOT = Path(__file__).parents[3]
MONEY = [
    path.relative_to(ROOT)
    for path in (
        *sorted((ROOT / "billing").rglob("*.py")),
        *(ROOT / "repair" / name for name in ("costs.py", "invoices.py")),
        *(
            ROOT / "resolvers" / name
            for name in ("invoices.py", "payments.py", "books.py", "billing_inputs.py")
        ),
        *(ROOT / "schema" / name for name in ("money.py", "invoices.py", "billing_inputs.py")),
    )
]
amounts = st.integers(-money.MOST, money.MOST).map(Paise)


@pytest.mark.row("DB-6")
@pytest.mark.parametrize("field", ["quantity", "unit_price", "discount"])
@given(value=st.floats())
def test_no_float_enters_a_line(field: str, value: float) -> None:
    with pytest.raises(InvalidInput, match="is a float"):
        replace(LINES[1], **{field: value})  # pyright: ignore[reportArgumentType]


@pytest.mark.row("DB-6")
@given(invoices)
def test_no_float_is_in_any_invoice(invoice: Invoice) -> None:
    """Nor in what is stored of it and handed to portals; what is stored reads back the same."""
    stored = orjson.dumps(issued_documents.INVOICE.dump_python(invoice, mode="json"))
    assert issued_documents.INVOICE.validate_json(stored) == invoice
    assert not [value for value in _leaves(asdict(invoice)) if isinstance(value, float)]
    assert not [value for value in _leaves(orjson.loads(stored)) if isinstance(value, float)]
    made = to_portal_json(build_gstr1([invoice], str(GARAGE.gstin), DAY))
    assert not [value for value in _leaves(made) if isinstance(value, float)]


def _leaves(value: object) -> Iterator[object]:
    match value:
        case Mapping():
            for inner in cast("Mapping[str, object]", value).values():
                yield from _leaves(inner)
        case list() | tuple():
            for inner in cast("Sequence[object]", value):
                yield from _leaves(inner)
        case _:
            yield value


@pytest.mark.row("DB-6")
@pytest.mark.parametrize("path", MONEY, ids=str)
def test_no_float_is_written_on_any_money_path(path: Path) -> None:
    """Seconds and dots per inch may be: how long one waits and how fine one prints is no money."""
    tree = ast.parse((ROOT / path).read_text())
    allowed = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.arg | ast.FunctionDef)
        for inner in (ast.walk(node) if _no_money(node) else ())
    }
    floats = [
        node
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
    ]
    assert [node.lineno for node in floats if id(node) not in allowed] == []


def _no_money(node: ast.AST) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name.endswith("SECONDS") or name == "DPI"
        case ast.arg(arg=name):
            return name.endswith("_s")
        case _:
            return False


@pytest.mark.row("DB-6")
def test_largest_amount_is_kept() -> None:
    most = money.whole_paise("amount", paise_of("9999999999.99"))
    assert (most, money.plain_amount(most), money.grouped_amount(most)) == (
        money.MOST,
        "9999999999.99",
        "9,99,99,99,999.99",
    )


@pytest.mark.row("DB-6")
@pytest.mark.parametrize("value", [1.0, True, "1", Decimal(1), None, money.MOST + 1])
def test_what_is_no_paise(value: object) -> None:
    with pytest.raises(InvalidInput, match=r"^amount: "):
        money.whole_paise("amount", value)


@pytest.mark.parametrize("value", [1.5, True, "1", Decimal("NaN"), Decimal("Infinity")])
def test_what_is_no_exact_number(value: object) -> None:
    with pytest.raises(InvalidInput, match=r"^rate: "):
        money.exact_decimal("rate", value)


@pytest.mark.row("DB-6")
@given(amounts)
def test_written_amounts_read_back(amount: Paise) -> None:
    assert paise_of(money.plain_amount(amount)) == paise_of(money.grouped_amount(amount))
    assert paise_of(money.plain_amount(amount)) == amount


@pytest.mark.parametrize(
    ("paise", "shown"),
    [(0, "0.00"), (99, "0.99"), (123456789, "12,34,567.89"), (-100000, "-1,000.00")],
)
def test_groups_of_lakh_and_crore(paise: int, shown: str) -> None:
    assert money.grouped_amount(Paise(paise)) == shown


@pytest.mark.parametrize("text", ["", "abc", "1.234", "NaN", "1e400", "₹5"])
def test_text_is_no_amount(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^price: "):
        money.whole_paise("price", text)


@given(amounts)
def test_round_off_reaches_the_nearest_rupee(amount: Paise) -> None:
    rounding = money.round_off(amount)
    assert (amount + rounding) % 100 == 0
    assert -49 <= rounding <= 50


def test_only_rupees() -> None:
    assert money.parse_currency("INR") == "INR"
    with pytest.raises(InvalidInput, match=r"^currency: 'USD' is not INR"):
        money.parse_currency("USD")
