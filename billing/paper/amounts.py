"""Amounts in words, as Indian invoices say them: in lakh and crore."""

from num2words import num2words  # pyright: ignore[reportUnknownVariableType]

from billing.gst.money import RUPEE, Paise, whole_paise


def amount_in_words(amount: Paise) -> str:
    """Say an amount of 0 … Rs 9,999,999,999.99: "Rupees One Lakh and Fifty Paise Only".

    The library has no word above the crore and fails at a thousand of them; money ends before.

    Raises:
        InvalidInput: the amount is negative or too large to be one.
    """
    rupees, paise = divmod(whole_paise("amount", amount, least=0), RUPEE)
    said = f"Rupees {_number_in_words(rupees)}" if rupees != 1 else "Rupee One"
    if paise:
        said += f" and {_number_in_words(paise)} {'Paise' if paise != 1 else 'Paisa'}"
    return f"{said} Only"


def _number_in_words(value: int) -> str:
    words: str = num2words(value, lang="en_IN")
    return " ".join(_capitalise(word) for word in words.replace(",", "").split())


def _capitalise(word: str) -> str:
    if word == "and":
        return word
    return "-".join(part.capitalize() for part in word.split("-"))
