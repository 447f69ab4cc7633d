"""The one spelling of a maker's name, however a file writes it."""

import re
from functools import lru_cache

# Written as their makers write them; every other name gets a capital for each word.
SPELLED = (
    "BMW BYD MG TVS GM GMC BAIC BSA CFMOTO FAW GAC JBM KTM MAN MINI NIO PMI SAIC VW VinFast XPeng"
).split()
ALIASES = {
    "chevy": "Chevrolet",
    "mercedes": "Mercedes-Benz",
    "mercedes benz": "Mercedes-Benz",
    "vw": "Volkswagen",
    "hero vida": "Vida",
    "tata motors": "Tata",
    "ola electric": "Ola",
    "ather energy": "Ather",
    "tvs motor": "TVS",
    "bajaj auto": "Bajaj",
    "mahindra electric": "Mahindra",
    "mahindra & mahindra": "Mahindra",
    "mg motor": "MG",
}
# Makes that appear inside the model lists of other makers' recalls.
KNOWN = frozenset(
    """acura audi bmw buick cadillac chevrolet chrysler dodge fiat ford genesis gmc honda hyundai
    infiniti jaguar jeep kia lexus lincoln mazda mercury mitsubishi nissan pontiac porsche ram scion
    subaru tesla toyota volkswagen volvo""".split()
)
FIRM = re.compile(
    r"(?:,|(?<![\s,]))\s+(?:inc|llc|ltd|limited|corp|corporation|co|company|pvt|private|gmbh|ag)\b\.?",
    re.IGNORECASE,
)
# A file writes the same few makes on all its lines.
NAMES_KEPT = 4_096
SPACE = re.compile(r"\s+")
EXACT = {name.casefold(): name for name in SPELLED} | ALIASES


@lru_cache(maxsize=NAMES_KEPT)
def maker_name(name: str) -> str:
    """Give the maker's name: "FORD" → "Ford", "tvs" → "TVS", "Tata Motors Ltd" → "Tata"."""
    bare = SPACE.sub(" ", FIRM.sub("", name)).strip(" .,")
    known = EXACT.get(bare.casefold())
    if known:
        return known
    mixed = bare != bare.upper() and bare != bare.lower()
    return bare if mixed else " ".join(word.capitalize() for word in bare.split(" "))
