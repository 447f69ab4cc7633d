"""What every vocabulary does."""

from domain.codes import CodeKey, ErrorCode
from domain.vehicles import VehicleCategory, VehicleModel
from domain.vocabulary import Component, Part, Supplier, Symptom
from tests.stores.store_set import House

SUPPLIERS = [Supplier(id="deccan-cells", name="Deccan Cells", country="IN")]
PACK = Component(id="battery_pack", name="Traction battery pack")
MODULE = Component(
    id="cell_module", name="Cell module", part_of="battery_pack", suppliers=("deccan-cells",)
)
SYMPTOM = Symptom(
    code="SYM_BATT_001",
    text="Battery stops charging before it is full",
    component="cell_module",
    phrases=("charge poora nahi hota", "stops at 80"),
)
SHARED = ErrorCode(code="P0A7F", scope="sae", description="Pack worn", component="battery_pack")
OWN = ErrorCode(code="E401", scope="Ather", description="Cells apart", illustrative=True)
MODEL = VehicleModel(make="Ather", model="450X", year=2023, category=VehicleCategory.TWO_WHEELER)
EVERY_YEAR = VehicleModel(make="Tata", model="Nexon EV", category=VehicleCategory.FOUR_WHEELER)
OLD = Part(id="BW-CELL-1", name="Cell module, first kind", hsn="850760")
NEW = Part(
    id="BW-CELL-2",
    name="Cell module",
    hsn="850760",
    component="cell_module",
    fits=(MODEL.id,),
    supersedes="BW-CELL-1",
)


async def filled(house: House) -> None:
    words = house.vocabulary
    await words.load_suppliers(SUPPLIERS)
    await words.load_vehicles([MODEL, EVERY_YEAR])
    await words.load_components([MODULE, PACK])
    await words.load_symptoms([SYMPTOM])
    await words.load_error_codes([SHARED, OWN])
    await words.load_parts([NEW, OLD])


async def test_vocabulary_reads_back_whole(house: House) -> None:
    await filled(house)
    words = house.vocabulary
    assert await words.suppliers() == SUPPLIERS
    assert await words.models() == [MODEL, EVERY_YEAR]
    assert await words.components() == [PACK, MODULE]
    assert await words.symptoms() == [SYMPTOM]
    assert await words.error_codes() == [OWN, SHARED]
    assert await words.parts() == [OLD, NEW]


async def test_loading_again_changes_nothing(house: House) -> None:
    await filled(house)
    await filled(house)
    assert await house.vocabulary.components() == [PACK, MODULE]
    assert await house.vocabulary.parts() == [OLD, NEW]


async def test_last_load_says_how_it_is(house: House) -> None:
    await filled(house)
    moved = Component(id="cell_module", name="Module")
    plain = Symptom(code="SYM_BATT_001", text="Charging ends early")
    await house.vocabulary.load_components([moved])
    await house.vocabulary.load_symptoms([plain])
    assert await house.vocabulary.components(["cell_module"]) == [moved]
    assert await house.vocabulary.symptoms(["SYM_BATT_001"]) == [plain]


async def test_some_are_read_by_key(house: House) -> None:
    await filled(house)
    assert await house.vocabulary.error_codes([CodeKey("sae:P0A7F"), "x:Y1"]) == [SHARED]
    assert await house.vocabulary.parts(["BW-CELL-2"]) == [NEW]
    assert await house.vocabulary.parts([]) == []


async def test_pages_go_on_by_key(house: House) -> None:
    await filled(house)
    [first] = await house.vocabulary.components(first=1)
    rest = await house.vocabulary.components(first=5, after=first.id)
    assert [first.id, *(one.id for one in rest)] == ["battery_pack", "cell_module"]
