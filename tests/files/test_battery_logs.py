"""Logs in makers' spellings tell the same figures; what cannot be is counted and left out."""

from dataclasses import replace

import pytest

from domain.battery_logs import BatteryLog
from files.file_readers import FileReaders
from files.log_tables import summary_of
from tests.files.samples import noise

# Three cells, the second one weak; all of it made up.
ROWS = [
    (3.712, 3.688, 3.709, 31.5, 80.0, 11.1, -4.0),
    (3.702, 3.402, 3.699, 33.0, 79.0, 10.8, -22.5),
    (3.690, 3.610, 3.689, 34.5, 78.0, 11.0, 2.0),
]
TOLD = BatteryLog(
    rows=3,
    bad_rows=0,
    cells=3,
    spread_v=0.3,
    worst_cell=2,
    lowest_cell_v=3.402,
    highest_cell_v=3.712,
    hottest_c=34.5,
    coldest_c=31.5,
    charge_start=80.0,
    charge_end=78.0,
    lowest_pack_v=10.8,
    highest_current_a=22.5,
)


def written(
    header: str, separator: str = ",", decimal: str = ".", factor: float = 1, start: str = ""
) -> str:
    """Write the rows as a maker does; cells in the unit of the factor."""
    lines = [start + header]
    for row in ROWS:
        cells = [f"{value * factor:g}" for value in row[:3]]
        fields = ["10:00:01", *cells, *(f"{value:g}" for value in row[3:])]
        lines.append(separator.join(field.replace(".", decimal) for field in fields))
    return "\n".join(lines) + "\n"


def read(content: bytes) -> BatteryLog | None:
    found = summary_of(content)
    return None if found is None else BatteryLog(**found)


MAKERS = {
    "plain": written("time,cell_1,cell_2,cell_3,temp,soc,voltage,current"),
    "millivolts": written(
        "Timestamp,Cell 1 (mV),Cell 2 (mV),Cell 3 (mV),Temp 1 [°C],SOC %,Pack Voltage (V),"
        "Current (A)",
        factor=1_000,
    ),
    "unsaid millivolts": written("time,v1,v2,v3,t1,state of charge,pack_v,i", factor=1_000),
    "german": written(
        "Zeit;Zelle 1 [V];Zelle 2 [V];Zelle 3 [V];Temperatur [°C];Ladezustand [%];"
        "Gesamtspannung [V];Strom [A]",
        ";",
        ",",
        start="Gerät;BMS 7\nVersion;1,2\n\n",
    ),
    "tabs": written(
        "t\tCellVoltage1\tCellVoltage2\tCellVoltage3\tNTC_1\tSOC_pct\tTotalVoltage\tBattCurrent",
        "\t",
    ),
    "comma in quotes": "time,c1,c2,c3,temp,soc,vbat,ibat\n"
    + "".join(
        ",".join(["x", *(f'"{value:g}"'.replace(".", ",") for value in row)]) + "\n" for row in ROWS
    ),
}


@pytest.mark.row("CA-14")
@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_makers_logs_tell_the_same(maker: str, encoding: str) -> None:
    assert read(MAKERS[maker].encode(encoding)) == TOLD


@pytest.mark.row("CA-14")
def test_malformed_rows_are_counted() -> None:
    torn = [
        "x,y",
        "10:00:02,abc,3.7,3.7,30,80,11,0",
        "10:00:02,65.535,3.7,3.7,30,80,11,0",
        ",,,,,,,",
    ]
    found = read((MAKERS["plain"] + "\n".join(torn) + "\n").encode())
    assert found == replace(TOLD, bad_rows=4)


def test_an_empty_field_is_no_fault() -> None:
    header = "time,cell 1,cell 2,cell 3,temp,soc\n"
    found = read((header + "1,3.7,,3.6,,80\n2,3.7,3.65,3.6,30,\n").encode())
    assert found is not None
    assert (found.rows, found.bad_rows, found.spread_v) == (2, 0, 0.1)
    assert (found.hottest_c, found.charge_end) == (30.0, 80.0)


def test_lowest_and_highest_alone_tell_a_spread() -> None:
    log = "ts;Max Cell Voltage (mV);Min Cell Voltage (mV);Max Temp;SoC\n1;4101;3805;41;0,97\n"
    assert read(log.encode()) == BatteryLog(
        rows=1,
        bad_rows=0,
        spread_v=0.296,
        lowest_cell_v=3.805,
        highest_cell_v=4.101,
        hottest_c=41.0,
        coldest_c=41.0,
        charge_start=97.0,
        charge_end=97.0,
    )


def test_fahrenheit_is_read() -> None:
    found = read(b"time,pack temp (F),soc\n1,131,50\n")
    assert found is not None
    assert found.hottest_c == 55.0


@pytest.mark.parametrize(
    "text", [b"", b"no table at all", b"name,price\nlamp,3\n", noise(5_000), b"\xff\xfe\x00"]
)
def test_what_is_no_battery_log_tells_nothing(text: bytes) -> None:
    assert summary_of(text) is None


@pytest.mark.row("CA-14")
async def test_a_log_is_read_in_a_process_of_its_own() -> None:
    readers = FileReaders()
    assert await readers.log(MAKERS["german"].encode()) == TOLD
    assert await readers.log(b"time,soc\n" + b'"' * 1_000) is None
    assert await readers.log(b"time,cell 1,cell 2,cell 3\nx,y\n") is None


def test_what_is_measured_is_said_as_people_say_it() -> None:
    assert TOLD.sentences == "Cell voltage difference 0.300 V. Battery temperature 34°C."
    assert [(one.name, one.value, one.unit) for one in TOLD.readings] == [
        ("cell_voltage_variance", 0.3, "V"),
        ("lowest_cell_voltage", 3.402, "V"),
        ("highest_cell_voltage", 3.712, "V"),
        ("battery_temperature", 34.5, "degC"),
        ("state_of_charge", 78.0, "pct"),
        ("pack_voltage", 10.8, "V"),
    ]
    assert BatteryLog(rows=1, bad_rows=0).sentences == ""
