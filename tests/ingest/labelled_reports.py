"""What technicians and riders say, labelled by hand: codes exactly, symptoms as they are meant.

`symptoms` must be found; `also` may be. The sentences were written before they were tried.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    codes: tuple[str, ...] = ()
    symptoms: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


SENTENCES = (
    # Charging.
    Said("gaadi charge nahi ho rahi", (), ("SYM_CHRG_001",)),
    Said("scooter not charging since yesterday night", (), ("SYM_CHRG_001",)),
    Said(
        "Charger connected but charging does not start, charger light stays green",
        (),
        ("SYM_CHRG_001",),
    ),
    Said("charging shuru nahi hoti, plug lagane par kuch nahi hota", (), ("SYM_CHRG_001",)),
    Said("charging bahut slow hai, pehle 4 ghante lagte the", (), ("SYM_CHRG_002",)),
    Said("Charging takes twice as long as before", (), ("SYM_CHRG_002",)),
    Said("charging starts and stops after ten minutes", (), ("SYM_CHRG_003",), ("SYM_CHRG_001",)),
    Said("charge hote hote ruk jaati hai", (), ("SYM_CHRG_003",)),
    Said("charging gun is stuck in the inlet", (), ("SYM_CHRG_004",)),
    Said("plug nikal nahi raha", (), ("SYM_CHRG_004",)),
    Said("charger plug got melted and brown", (), ("SYM_CHRG_005",), ("SYM_BATT_009",)),
    Said("MCB trips as soon as charger is plugged in", (), ("SYM_CHRG_006",)),
    Said("charger lagate hi ghar ki mcb gir jaati hai", (), ("SYM_CHRG_006",)),
    Said(
        "DC fast charging fails but home charging works", (), ("SYM_CHRG_007",), ("SYM_CHRG_013",)
    ),
    Said("charger fan is not running and the brick is very hot", (), ("SYM_CHRG_008",)),
    Said("mild shock on touching body while charging", (), ("SYM_CHRG_010",)),
    Said("charging port flap does not open", (), ("SYM_CHRG_011",)),
    Said("stops charging at 80%", (), ("SYM_BATT_001",), ("SYM_CHRG_003",)),
    Said("80 percent pe charging ruk jaati hai", (), ("SYM_BATT_001",), ("SYM_CHRG_003",)),
    # Battery.
    Said("range dropped from 90 km to 50 km in a month", (), ("SYM_BATT_002",)),
    Said("full charge pe bhi range bahut kam ho gaya", (), ("SYM_BATT_002",)),
    Said("percentage suddenly fell from 40 to 8 while riding", (), ("SYM_BATT_003",)),
    Said("chadhai pe gaadi band ho jaati hai", (), ("SYM_BATT_004",), ("SYM_ELEC_007",)),
    Said("battery bahut garam ho rahi hai", (), ("SYM_BATT_005",)),
    Said("battery over temperature warning on the dash", (), ("SYM_BATT_005",)),
    Said("pack is swollen, lid has lifted", (), ("SYM_BATT_007",)),
    Said("battery phool gayi hai", (), ("SYM_BATT_007",)),
    Said("baarish mein battery mein paani chala gaya", (), ("SYM_BATT_008",), ("SYM_BMS_009",)),
    Said("loses 10 percent charge overnight when parked", (), ("SYM_BATT_010",)),
    Said("no voltage at pack output, multimeter shows zero", (), ("SYM_BATT_011",)),
    Said("contactor clicking again and again at key on", (), ("SYM_BATT_012",)),
    Said("coolant leak under the battery", (), ("SYM_BATT_013",), ("SYM_THRM_006",)),
    Said("cell voltage difference 0.15V, one cell is down", (), ("SYM_BMS_002",), ("SYM_BMS_003",)),
    Said("scanner shows no communication with BMS", (), ("SYM_BMS_003",)),
    Said("isolation fault warning after rain", (), ("SYM_BMS_005",), ("SYM_BMS_009",)),
    Said(
        "turtle mode aa gaya, speed 20 se upar nahi jaati",
        (),
        ("SYM_BMS_007",),
        ("SYM_CTRL_001",),
    ),
    Said("dhone ke baad battery ka error aata hai", (), ("SYM_BMS_009",)),
    # Motor and driveline.
    Said("motor se awaaz aa rahi hai", (), ("SYM_MOTR_004",), ("SYM_MOTR_003",)),
    # The rest of the vehicle.
    Said("12 volt battery dead every morning", (), ("SYM_ELEC_001",), ("SYM_BATT_011",)),
    Said("headlight flickers at night", (), ("SYM_ELEC_003",)),
    Said("headlight nahi jal rahi", (), ("SYM_ELEC_004",)),
    Said("throttle not responding", (), ("SYM_ELEC_008",), ("SYM_MOTR_001",)),
    Said("burning smell from dashboard", (), ("SYM_ELEC_011",), ("SYM_BATT_009",)),
    Said("jalne ki badboo aa rahi hai", (), ("SYM_ELEC_011",), ("SYM_BATT_009",)),
    Said("brake lever is spongy", (), ("SYM_BRAK_001",)),
    Said("brakes squeal when stopping", (), ("SYM_BRAK_002",)),
    Said("regen kaam nahi kar raha", (), ("SYM_BRAK_003",)),
    Said("ABS light is always on", (), ("SYM_BRAK_004",)),
    Said("steering bhaari ho gaya hai", (), ("SYM_STER_001",)),
    Said("car pulls to left", (), ("SYM_STER_003",), ("SYM_BRAK_008",)),
    Said("knocking noise from front over speed breakers", (), ("SYM_STER_004",)),
    Said("fork oil leaking on right side", (), ("SYM_STER_008",)),
    Said("display went blank while riding", (), ("SYM_CONN_001",)),
    Said("screen hang ho gayi", (), ("SYM_CONN_001",)),
    Said("bluetooth does not connect to the phone", (), ("SYM_CONN_005",)),
    Said("AC thanda nahi kar raha", (), ("SYM_BODY_005",), ("SYM_THRM_005",)),
    Said("water in footwell after heavy rain", (), ("SYM_BODY_007",)),
    # Denied, or no symptom at all.
    Said("no error light, not overheating, without noise"),
    Said("koi error nahi hai, charging mein koi dikkat nahi"),
    Said("battery is not swollen and there is no burning smell"),
    Said("brake se awaaz nahi aati, ABS light nahi jal rahi"),
    Said("no problem in charging, steering is fine"),
    Said("customer came for a free wash and a new seat cover"),
    Said("periodic service at 15,000 km, brake fluid replaced"),
    Said("Call me on 9876543210 after 5 pm, invoice B2B 2024"),
    Said("Ather 450X 2023 and Ola S1 Pro 2022 both parked in bay 12"),
    Said("test ride done, everything is OK"),
    # Codes.
    Said("P0A1F on the scanner", ("P0A1F",)),
    Said("got p0a1f and u0111 after update", ("P0A1F", "U0111")),
    Said("DTC P0A80 00 stored", ("P0A80",)),
    Said("P0A1F/P0A80 both pending", ("P0A1F", "P0A80")),
    Said("code p0a 1f aaya", ("P0A1F",)),
    Said("E-401 on the dash", ("E401",)),
    Said("E 401 aa raha hai Ather mein", ("E401",)),
    Said("error e401, e417 and E999", ("E401", "E417", "E999")),
    Said("fault code 401 shown on my vehicle", ("401",)),
    Said("B192BF0, P33E500 and U15AB00 in the charger unit", ("B192B", "P33E5", "U15AB")),
    Said("no P0A80 stored, no fault codes"),
    Said("P0AA6 nahi aa raha ab"),
    Said("48 V system, 80% charge, 35-45C outside, 40 km done"),
    Said("error at 45 km, 3 times in 2 days"),
    Said("F77 2023, S1 Pro and EV6 came together"),
    Said("gaadi charge nahi ho rahi aur BM105 dikha raha hai", ("BM105",), ("SYM_CHRG_001",)),
)
