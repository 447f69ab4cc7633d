"""Solved repairs in our own words, each labelled: the shipped card it is, or None for a new failure.

`text` is what was reported, `cause` what was found. A third of the new ones are hard: the same
symptom as a shipped card with another cause. The last eight known ones are hard too: terse, half in Hindi, or
without a word on the cause. The known ones were written by people who had read the cards, as whoever
keeps the knowledge base has: reports of strangers are further from its words.
"""

# ruff: noqa: E501 - a case reads best on one line

from dataclasses import dataclass

from domain.vehicles import VehicleContext


@dataclass(frozen=True, slots=True)
class Case:
    make: str
    model: str
    text: str
    cause: str
    known: str | None = None

    @property
    def vehicle(self) -> VehicleContext:
        return VehicleContext(make=self.make, model=self.model)


KNOWN = (
    Case("Tata", "Nexon EV", "Car parked over the weekend, on Monday the small battery is flat again", "Telematics box keeps itself awake looking for a network", "fc_nexon_12v_flat_awake_unit"),
    Case("MG", "ZS EV", "At switch-on all the lamps of the dash come up, after a minute they go out", "12 volt auxiliary battery is old and weak", "fc_zs_ev_sulphated_12v_lamps"),
    Case("Ather", "450X", "Turning the handle all the way to the lock kills the scooter", "Wiring harness rubbed through at the steering head", "fc_ather_450x_harness_chafe_head"),
    Case("Ola", "S1 X", "After heavy rain lights and horn in front do strange things, connectors behind the apron full of water", "Water stands in the connectors behind the front apron", "fc_ola_s1x_apron_connector_water"),
    Case("TVS", "iQube", "Headlight gets dim every time the indicator flashes", "Frame earth point rusted", "fc_iqube_ground_lug_rust"),
    Case("Hero Electric", "Optima", "Went dead going uphill, smell of burnt plastic under the seat at the main breaker", "Loose terminal at the main circuit breaker got hot and burnt", "fc_optima_mcb_terminal_burnt"),
    Case("Ampere", "Magnus EX", "Throttle voltage at rest is too high so the scooter refuses to go", "Magnet in the throttle grip has moved on its carrier", "fc_magnus_throttle_rest_voltage"),
    Case("Okinawa", "PraisePro", "No throttle response after the scooter was washed", "Water in the throttle connector", "fc_praisepro_throttle_plug_wet"),
    Case("Revolt", "RV400", "Brake light stays on and the motor will not pull", "Brake lever switch stuck with dust", "fc_rv400_lever_switch_stuck"),
    Case("Bajaj", "Chetak", "Dash says side stand is down although it is up", "Mud and iron dust on the side stand sensor", "fc_chetak_side_stand_mud"),
    Case("Mahindra", "Treo", "Horn does not sound after the rain", "Relay base of the horn is wet", "fc_treo_horn_relay_wet"),
    Case("Piaggio", "Ape E-City", "Fuse blows again and again since the owner fitted a music player", "Music system tapped into the lamp circuit without a fuse", "fc_ape_ecity_accessory_fuse"),
    Case("Ather", "450X", "Front brake squeals at each stop", "Front pads glazed because regen does most of the braking", "fc_ather_front_pad_glazed"),
    Case("Tata", "Tiago EV", "Rear brakes make a grinding noise after a week standing in rain", "Rust on the brake drums", "fc_tiago_rear_drum_rust"),
    Case("Hyundai", "Kona Electric", "Brake pedal becomes soft on the way down the ghat", "Brake fluid old and full of water", "fc_kona_wet_brake_fluid"),
    Case("Ultraviolette", "F77", "ABS warning light is on, rear wheel speed missing", "Iron dust sticking to the rear speed sensor", "fc_f77_rear_wss_iron_dust"),
    Case("Mahindra", "Zor Grand", "Loaded three-wheeler needs a long way to stop, fluid on the inside of a rear wheel", "Wheel cylinder leaking", "fc_zor_wheel_cylinder_leak"),
    Case("Bajaj", "RE E-Tec 9.0", "Auto rolls back on a slope with the parking brake pulled", "Parking brake cable stretched", "fc_re_etec_handbrake_cable"),
    Case("Mahindra", "XUV400", "Steering wheel shakes when braking at 100", "Front discs of uneven thickness", "fc_xuv400_disc_judder"),
    Case("River", "Indie", "Range suddenly a fifth less, front wheel hard to turn by hand", "Caliper slide pin seized so the front brake drags", "fc_indie_caliper_drag_range"),
    Case("Ather", "450X", "Handlebar clicks into the straight-ahead position", "Steering head bearing dented", "fc_ather_head_bearing_notch"),
    Case("Revolt", "RV400", "Oil on the front disc coming down the fork", "Fork oil seal worn out", "fc_rv400_fork_seal_leak"),
    Case("Tata", "Punch EV", "Power steering stopped working after driving through flood water", "Connector of the steering motor took in water", "fc_punch_eps_plug_after_wading"),
    Case("Olectra", "K9", "Bus stands crooked, leaning to the pavement side", "Rod of the levelling valve is bent", "fc_k9_levelling_valve_lean"),
    Case("Tata", "Ace EV", "Truck sags at the back on one side, spring leaf in two pieces", "Rear leaf spring broke from overloading", "fc_ace_ev_leaf_broken"),
    Case("Omega Seiki", "Rage Plus", "Humming from a rear wheel that grows with the load", "Water got into the wheel bearing", "fc_rage_rear_hub_bearing_hum"),
    Case("Kia", "EV6", "Door handles stay flush and do not pop out", "Dust and dried soap in the handle mechanism", "fc_ev6_flush_handle_stuck"),
    Case("Tata", "Tiago EV", "Hardly any air comes out of the vents", "Cabin filter choked with dust", "fc_tiago_cabin_filter_choked"),
    Case("Ather", "450X", "Display turns black in the midday sun and restarts", "Dashboard overheats standing in the sun", "fc_ather_dash_heat_reboot"),
    Case("Ather", "450X", "Stops charging at around 80 percent every time", "Cells are out of balance", "fc_ather_450x_cell_imbalance"),
    Case("TVS", "iQube", "Battery temperature shows minus forty and it will not take charge after monsoon", "Corroded connector of the pack temperature sensor", "fc_tvs_iqube_pack_sensor_corroded"),
    Case("Hero Electric", "Optima", "Charging socket melted", "Loose plug in a worn charging socket heated the contacts", "fc_hero_optima_charge_socket_melted"),
    Case("Ola", "S1 Pro", "Clicks when switched on but never shows ready", "Precharge resistor has gone open", "fc_ola_s1_pro_precharge_resistor_open"),
    Case("Tata", "Punch EV", "Charging plug cannot be pulled out of the car", "Sand in the lock of the inlet, pin does not draw back", "fc_punch_ev_plug_stuck"),
    Case("MG", "ZS EV", "Earth leakage breaker trips when charging in the rain", "Drain of the charging inlet is blocked and water stands inside", "fc_mg_zs_ev_wet_inlet_trips"),
    Case("Tata", "Tigor EV", "Taxi stopped for good on the highway, pack fuse gone", "Main pack fuse element broke from fatigue", "fc_tigor_ev_pack_fuse_fatigue"),
    # Hard: terse, in two languages, or with no cause told.
    Case("Ather", "450X", "Handle poora mudne par scooter band ho jata hai", "taar ghisa hua, harness chafed", "fc_ather_450x_harness_chafe_head"),
    Case("TVS", "iQube", "headlamp dims w/ indicator", "bad ground", "fc_iqube_ground_lug_rust"),
    Case("Bajaj", "Chetak", "stand sensor dirty", "mud", "fc_chetak_side_stand_mud"),
    Case("Mahindra", "Treo", "horn dead", "relay wet", "fc_treo_horn_relay_wet"),
    Case("MG", "Comet EV", "Window glass of the door fell down inside", "", "fc_comet_window_regulator_drop"),
    Case("Tata", "Starbus EV", "Compressor for the air brakes does not start when hot", "", "fc_starbus_compressor_no_run"),
    Case("TVS", "King EV Max", "wiper ruk jata hai tez barish mein", "spindle rusted", "fc_king_ev_wiper_stall"),
    Case("Citroen", "eC3", "Air-cooled battery gets hot, blower full of dust", "", "fc_citroen_ec3_blower_choked"),
)  # fmt: skip

NEW = (
    # Hard: what a shipped card reports, with another cause.
    Case("Tata", "Nexon EV", "Small battery flat after the weekend", "Boot lamp switch broken, lamp burns all night"),
    Case("Ather", "450X", "Scooter switches off when the handle is turned", "Kill switch wire pinched by an aftermarket phone holder"),
    Case("TVS", "iQube", "Headlight flickers when braking", "Cracked solder joint on the LED driver board of the headlamp"),
    Case("Bajaj", "Chetak", "Side stand warning will not go away", "Magnet fell out of the side stand"),
    Case("Ather", "450X", "Front brake squeals", "Wrong brake disc fitted, pads touch the rivets"),
    Case("Hyundai", "Kona Electric", "Brake pedal soft", "Flexible brake hose swollen at the caliper"),
    Case("Mahindra", "XUV400", "Steering wheel shakes at highway speed", "Balance weight lost from a front wheel"),
    Case("Revolt", "RV400", "Oil under the front of the bike", "Chain lubricant sprayed by the owner onto the fork"),
    Case("Ather", "450X", "Charging stops early", "Pigtail adapter from a flea market limits the session by a timer"),
    Case("TVS", "iQube", "Will not charge after the rains", "Charger mains plug submerged and corroded in the basement"),
    Case("Ola", "S1 Pro", "Does not get ready", "Main contactor welded shut by a jump start attempt"),
    Case("Kia", "EV6", "Door handle does not come out", "Door control unit coding lost after a battery swap of the 12 V"),
    # The same component failing in another way, or a thing that no shipped card speaks of.
    Case("Honda", "Activa e", "Speed reading jumps to 199 while parked", "Radio transmitter of a delivery rider disturbs the speed line"),
    Case("Mahindra", "Treo", "Fare meter takes current and dims the horn", "Fare meter wired in series with the horn"),
    Case("Tata", "Ace EV", "Tail lift motor blocks reverse gear", "Tail lift interlock shares the reverse relay"),
    Case("Ola", "S1 Pro", "Voice assistant answers itself in a loop", "Microphone and speaker foam missing"),
    Case("MG", "Comet EV", "Rear camera shows the picture upside down", "Camera mirrored after a third-party repair"),
    Case("BYD", "Atto 3", "Tailgate opens only halfway", "Gas strut of the tailgate lost its pressure"),
    Case("River", "Indie", "Crash bar vibrates at 60", "Crash bar clamp bolt missing"),
    Case("TVS", "X", "Seat warmer burns the passenger", "Aftermarket seat heating pad without thermostat"),
    Case("Vida", "V1 Pro", "Cruise control cannot be set", "Cruise button membrane torn"),
    Case("Olectra", "K9", "Ticket machine restarts at every stop", "Ticket machine fed from the door solenoid circuit"),
    Case("Tata", "Starbus EV", "Destination board shows yesterday's route", "Clock of the destination board has no battery"),
    Case("Euler", "HiLoad EV", "Refrigerated box warms up on the road", "Condenser of the cold box covered by cardboard"),
    Case("Hero Electric", "Optima", "Alarm siren howls whenever a bus passes", "Vibration sensor of the alarm set too sensitive"),
    Case("Simple", "One", "Under-seat lamp never goes out", "Lamp microswitch lever bent"),
    Case("Ultraviolette", "F77", "Wheelie on wet paint when traction control is on", "Traction control wheel size parameter set for another tyre"),
    Case("Mahindra", "BE 6", "Wireless phone pad gets too hot to touch", "Metal ring of a phone case heated by the charging pad"),
    Case("Hyundai", "Creta Electric", "Parking sensors beep on a free road", "Number plate frame sits before the ultrasonic sensor"),
    Case("Citroen", "eC3", "Fuel flap sticker confuses, charge flap lever broken", "Release lever of the charge flap snapped"),
    Case("Piaggio", "Ape E-City", "Passenger bench rattles loudly", "Bench hinge pin worn"),
    Case("Ampere", "Magnus EX", "Reverse beeper stays on going forwards", "Reverse switch contact stuck closed"),
    Case("Okinawa", "PraisePro", "Remote key starts the neighbour's scooter too", "Two key receivers learnt to one code at the dealer"),
    Case("Bajaj", "RE E-Tec 9.0", "Windscreen washer sprays the driver", "Washer nozzle pushed out of its hole"),
    Case("Altigreen", "neEV", "Load body hydraulic ram creeps down", "Check valve of the tipping ram leaks"),
    Case("Omega Seiki", "Rage Plus", "Cargo door will not lock", "Lock cam of the cargo door bent by a forklift"),
)  # fmt: skip
CASES = (*KNOWN, *NEW)
