"""Missing and orphaned bytes are found, what is over goes, and what was removed comes back."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from domain.access import Role
from domain.errors import NotFound
from domain.files import KEPT_REMOVED, UPLOAD_WAITS, FileState
from domain.ids import FileId
from repair import file_inventory
from repair.file_inventory import UNNAMED, UNRECORDED
from repair.files import object_key
from tests.files.samples import photo
from tests.journeys.conftest import Somebody
from tests.journeys.people import CREATE, PUNE, Person, content
from tests.journeys.planted_files import announced, kept_file, send
from tests.journeys.test_files import fetched
from tests.journeys.test_files import kept as kept_as
from tests.journeys.test_ticket_files import report
from web.cli.files import app
from web.wiring import Runtime

pytestmark = pytest.mark.journey
LOG = b"time,volts\n"


@pytest.fixture
def asha(somebody: Somebody) -> Person:
    return somebody(Role.TECHNICIAN, PUNE, name="asha")


async def _bytes() -> AsyncGenerator[bytes]:
    yield b"nobody's"


@pytest.mark.row("CA-13")
async def test_missing_and_orphaned_bytes_are_named(house: Runtime, asha: Person) -> None:
    inventory, now = house.files.inventory, house.now()
    assert (await inventory.check(now)).sentence is None
    # What other tests of this house left.
    left = (await inventory.check(now + 2 * UNRECORDED)).orphaned
    seen = await kept_as(asha, photo(), "JPEG")
    cut, whole = [await kept_file(house, asha, LOG + n) for n in (b"cut", b"whole")]
    shown = content("A pack that swells") | {
        "evidence": {"photos": [{"key": seen["key"], "sha256": seen["sha256"]}]}
    }
    await asha.ask(CREATE, op="0198f0c4-0000-7000-8000-000000000001", card=shown)
    await house.files.keeper.objects.remove(f"{seen['key']}/small")
    await house.files.keeper.objects.put(object_key(cut, "whole"), _bytes())
    stray = f"fil_{'a' * 32}/whole"
    await house.files.keeper.objects.put(stray, _bytes())
    early = await inventory.check(now)
    assert (sorted(early.missing), early.orphaned) == (sorted([seen["key"], cut]), [])
    late = await inventory.check(now + 2 * UNRECORDED)
    assert ({*late.orphaned} - {*left}, late.unshown) == ({stray}, [])
    assert late.files >= 3
    assert whole not in late.missing
    assert late.sentence is not None
    await inventory.clear_unrecorded(late.orphaned)
    assert await house.files.keeper.objects.facts(stray) is None
    # The photo's small picture comes back; what was overwritten in a folder does not.
    await inventory.restore(FileId(seen["key"]))
    with pytest.raises(NotFound):
        await inventory.restore(cut)
    assert (await inventory.check(now)).missing == [cut]
    await house.files.keeper.files.remove([cut], now)


@pytest.mark.row("DR-6")
async def test_what_was_removed_comes_back_for_a_while(house: Runtime, asha: Person) -> None:
    inventory, files, now = house.files.inventory, house.files.keeper.files, house.now()
    lost, forgotten = [await kept_as(asha, LOG + n, "CSV") for n in (b"1", b"2")]
    keys = [FileId(lost["key"]), FileId(forgotten["key"])]
    await files.remove(keys, now)
    assert (await fetched(asha, lost["url"])).status_code == 404
    await inventory.clear(now)
    assert (await inventory.restore(keys[0])).state is FileState.STORED
    assert (await fetched(asha, lost["url"])).content == LOG + b"1"
    await inventory.clear(now + KEPT_REMOVED + timedelta(days=1))
    assert await house.files.keeper.objects.facts(object_key(keys[1], "whole")) is None
    with pytest.raises(NotFound, match="was erased, or never came"):
        await inventory.restore(keys[1])


async def test_what_nobody_needs_goes(house: Runtime, asha: Person, home: Path) -> None:
    inventory, files, now = house.files.inventory, house.files.keeper.files, house.now()
    named, unnamed = [await kept_file(house, asha, LOG + n) for n in (b"3", b"4")]
    await report(asha, named)
    coming = await announced(asha, LOG)
    await send(house, coming, LOG)
    await send(house, named, LOG + b"3")
    await inventory.clear(now + UPLOAD_WAITS - timedelta(minutes=1))
    assert (await files.get(coming)).state is FileState.ASKED
    incoming = home / "files" / "incoming"
    assert (incoming / named).exists()
    await inventory.clear(now + UNNAMED + timedelta(days=1))
    with pytest.raises(NotFound):
        await files.get(coming)
    assert not {coming, named} & {path.name for path in incoming.iterdir()}
    states = {key: (await files.get(key)).state for key in (named, unnamed)}
    assert states == {named: FileState.STORED, unnamed: FileState.REMOVED}


def test_prepare_without_a_bucket_says_so() -> None:
    told = CliRunner().invoke(app, ["prepare"])
    assert (told.exit_code, told.output) == (
        0,
        "No bucket is named: files are kept in a folder of the home.\n",
    )


async def test_what_cards_show_takes_no_place_of_what_goes(
    house: Runtime, asha: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_inventory, "PAGE", 1)
    inventory, files, now = house.files.inventory, house.files.keeper.files, house.now()
    shown = await kept_as(asha, photo(), "JPEG")
    evidence = {"photos": [{"key": shown["key"], "sha256": shown["sha256"]}]}
    card = content("A pack that hums") | {"evidence": evidence}
    await asha.ask(CREATE, op="0198f0c4-0000-7000-8000-000000000002", card=card)
    nobodys = await kept_file(house, asha, LOG + b"5")
    while await inventory.clear(now + UNNAMED + timedelta(days=1)):
        pass
    kept = [(await files.get(FileId(key))).state for key in (shown["key"], nobodys)]
    assert kept == [FileState.STORED, FileState.REMOVED]
