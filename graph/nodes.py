"""The graph as neomodel declares it: labels, properties, relationships and their constraints.

Nothing reads or writes through these classes (named Cypher does). They say in one place what stands
in the database; `tests/graph/test_nodes.py` holds the migrations and what the stores write against
them. The vectors are not among them: their property's name carries the model's size. neomodel keeps
the name `id` for itself, so the property `id` is declared as `uid`.
"""

from neo4j.spatial import WGS84Point
from neomodel import (
    ArrayProperty,
    BooleanProperty,
    DateTimeProperty,
    FloatProperty,
    IntegerProperty,
    RelationshipTo,
    StringProperty,
    StructuredNode,
    StructuredRel,
)
from neomodel.properties import Property

# Labels that mark a card for a while and say nothing of its kind: its words wait for a vector, its
# state may be suggested, everyone may see it.
MARKS = frozenset({"Unembedded", "Findable", "Public"})


class PointProperty(Property[WGS84Point]):
    """A place on the globe (WGS 84); neomodel's own needs a geometry library."""

    def inflate(self, value: WGS84Point, rethrow: bool = False) -> WGS84Point:  # noqa: ARG002, FBT001, FBT002 - theirs
        return value

    def deflate(self, value: WGS84Point, rethrow: bool = False) -> WGS84Point:  # noqa: ARG002, FBT001, FBT002 - theirs
        return value


class CausedBy(StructuredRel):
    rank = IntegerProperty()


class AppliesTo(StructuredRel):
    firmware = ArrayProperty(StringProperty())


class Uses(StructuredRel):
    quantity = IntegerProperty()


class HasStep(StructuredRel):
    n = IntegerProperty()


class VerifiedBy(StructuredRel):
    at = DateTimeProperty()


class Seen(StructuredRel):
    confidence = FloatProperty()


class Shown(StructuredRel):
    rank = IntegerProperty()
    score = FloatProperty()
    ranker = StringProperty()
    at = DateTimeProperty()
    standing = StringProperty()
    sentence = StringProperty()
    chance = FloatProperty()
    language = StringProperty()
    reasons = StringProperty()


class Tried(StructuredRel):
    worked = BooleanProperty()
    at = DateTimeProperty()
    minutes = IntegerProperty()
    parts = ArrayProperty(StringProperty())


class Make(StructuredNode):
    key = StringProperty(unique_index=True)
    name = StringProperty()


class VehicleModel(StructuredNode):
    uid = StringProperty(unique_index=True, db_property="id")
    make = StringProperty()
    model = StringProperty()
    variant = StringProperty()
    year = IntegerProperty()
    category = StringProperty()
    make_key = StringProperty()
    model_key = StringProperty()
    made_by = RelationshipTo("Make", "MADE_BY")


class Vehicle(StructuredNode):
    uid = StringProperty(unique_index=True, db_property="id")
    firmware = StringProperty()
    odometer_km = IntegerProperty()
    battery_cycles = IntegerProperty()
    of_model = RelationshipTo("VehicleModel", "OF_MODEL")


class Supplier(StructuredNode):
    uid = StringProperty(unique_index=True, db_property="id")
    name = StringProperty()
    country = StringProperty()
    awaits_review = BooleanProperty()


class Component(StructuredNode):
    uid = StringProperty(unique_index=True, db_property="id")
    name = StringProperty()
    awaits_review = BooleanProperty()
    part_of = RelationshipTo("Component", "PART_OF")
    supplied_by = RelationshipTo("Supplier", "SUPPLIED_BY")


class Symptom(StructuredNode):
    code = StringProperty(unique_index=True)
    text = StringProperty()
    phrases = ArrayProperty(StringProperty())
    awaits_review = BooleanProperty()
    seen_on = RelationshipTo("Component", "SEEN_ON")


class ErrorCode(StructuredNode):
    key = StringProperty(unique_index=True)
    code = StringProperty(index=True)
    scope = StringProperty()
    description = StringProperty()
    illustrative = BooleanProperty()
    awaits_review = BooleanProperty()
    raised_by = RelationshipTo("Component", "RAISED_BY")


class Part(StructuredNode):
    uid = StringProperty(unique_index=True, db_property="id")
    name = StringProperty()
    hsn = StringProperty()
    awaits_review = BooleanProperty()
    is_a = RelationshipTo("Component", "IS_A")
    fits = RelationshipTo("VehicleModel", "FITS")
    supersedes = RelationshipTo("Part", "SUPERSEDES")


class Cause(StructuredNode):
    key = StringProperty(unique_index=True)
    text = StringProperty()


class Region(StructuredNode):
    name = StringProperty(unique_index=True)


class Garage(StructuredNode):
    uid = StringProperty(unique_index=True, db_property="id")
    name = StringProperty()
    region = StringProperty()
    location = PointProperty()
    lies_in = RelationshipTo("Region", "LIES_IN")


class Technician(StructuredNode):
    uid = StringProperty(unique_index=True, db_property="id")
    certification = StringProperty()
    skills = ArrayProperty(StringProperty())
    garage_id = StringProperty(index=True)
    booked = IntegerProperty()
    person_version = IntegerProperty()
    works_at = RelationshipTo("Garage", "WORKS_AT")


class Step(StructuredNode):
    action = StringProperty()
    minutes = IntegerProperty()
    tools = ArrayProperty(StringProperty())
    safety = BooleanProperty()


class Reading(StructuredNode):
    name = StringProperty()
    value = FloatProperty()
    unit = StringProperty()


class Evidence(StructuredNode):
    kind = StringProperty()
    key = StringProperty()
    sha256 = StringProperty()


class CardVersion(StructuredNode):
    card = StringProperty()
    n = IntegerProperty()
    body = StringProperty()
    schema = IntegerProperty()
    by = StringProperty()
    at = DateTimeProperty()


class FailureCard(StructuredNode):
    uid = StringProperty(unique_index=True, db_property="id")
    version = IntegerProperty()
    status = StringProperty(index=True)
    source = StringProperty()
    title = StringProperty()
    make = StringProperty(index=True)
    category = StringProperty(index=True)
    visibility = StringProperty()
    merged_into = StringProperty()
    campaign = StringProperty(index=True)
    garage_id = StringProperty()
    created_at = DateTimeProperty()
    updated_at = DateTimeProperty()
    origin = PointProperty()
    import_hash = StringProperty()
    undone = StringProperty()

    symptom_text = StringProperty()
    full_text = StringProperty()
    code_words = StringProperty()
    marks = StringProperty()
    scope = StringProperty()
    keywords = ArrayProperty(StringProperty())
    wording_hash = StringProperty()
    symptom_hash = StringProperty(index=True)
    embedding_model = StringProperty()

    symptoms = ArrayProperty(StringProperty())
    error_codes = ArrayProperty(StringProperty())
    component = StringProperty()
    failure_mode = StringProperty()
    severity = StringProperty()
    severity_level = IntegerProperty()
    occurrence = StringProperty()
    causes = ArrayProperty(StringProperty())
    confidence = FloatProperty()
    solution_type = StringProperty()
    high_voltage = BooleanProperty()
    fits = ArrayProperty(StringProperty())
    models = IntegerProperty()

    times_matched = IntegerProperty()
    times_used = IntegerProperty()
    successes = IntegerProperty()
    failures = IntegerProperty()
    ratings = ArrayProperty(IntegerProperty())
    actual_minutes = IntegerProperty()
    estimated_minutes = IntegerProperty()
    last_used = DateTimeProperty()
    effectiveness = FloatProperty()
    heard = IntegerProperty()
    reputation = FloatProperty()
    recheck = StringProperty()

    had = RelationshipTo("CardVersion", "HAD")
    shows = RelationshipTo("Symptom", "SHOWS")
    reports = RelationshipTo("ErrorCode", "REPORTS")
    affects = RelationshipTo("Component", "AFFECTS")
    caused_by = RelationshipTo("Cause", "CAUSED_BY", model=CausedBy)
    applies_to = RelationshipTo("VehicleModel", "APPLIES_TO", model=AppliesTo)
    applies_to_make = RelationshipTo("Make", "APPLIES_TO")
    uses = RelationshipTo("Part", "USES", model=Uses)
    has_step = RelationshipTo("Step", "HAS_STEP", model=HasStep)
    reads = RelationshipTo("Reading", "READS")
    evidenced_by = RelationshipTo("Evidence", "EVIDENCED_BY")
    cites = RelationshipTo("FailureCard", "CITES")
    became = RelationshipTo("FailureCard", "MERGED_INTO")
    founded_on = RelationshipTo("Ticket", "FOUNDED_ON")
    authored_by = RelationshipTo("Technician", "AUTHORED_BY")
    verified_by = RelationshipTo("Technician", "VERIFIED_BY", model=VerifiedBy)
    discovered_at = RelationshipTo("Garage", "DISCOVERED_AT")
    visible_to_garage = RelationshipTo("Garage", "VISIBLE_TO")
    visible_to_region = RelationshipTo("Region", "VISIBLE_TO")


class Ticket(StructuredNode):
    uid = StringProperty(unique_index=True, db_property="id")
    version = IntegerProperty()
    status = StringProperty()
    matching = StringProperty()
    text = StringProperty()
    body = StringProperty()
    garage_id = StringProperty()
    reporter_id = StringProperty()
    assignee_id = StringProperty()
    card_id = StringProperty()
    revisit_of = StringProperty(index=True)
    opened_at = DateTimeProperty(index=True)
    resolved_at = DateTimeProperty()
    closed_at = DateTimeProperty(index=True)
    embedding_model = StringProperty()

    on = RelationshipTo("Vehicle", "ON")
    raised_at = RelationshipTo("Garage", "RAISED_AT")
    assigned_to = RelationshipTo("Technician", "ASSIGNED_TO")
    shows = RelationshipTo("Symptom", "SHOWS", model=Seen)
    reports = RelationshipTo("ErrorCode", "REPORTS")
    shown = RelationshipTo("FailureCard", "SHOWN", model=Shown)
    tried = RelationshipTo("FailureCard", "TRIED", model=Tried)


class DeletedTicket(StructuredNode):
    uid = StringProperty(unique_index=True, db_property="id")
    version = IntegerProperty()
    garage_id = StringProperty()
    assignee_id = StringProperty()
    deleted_at = DateTimeProperty()
    deleted_by = StringProperty()
    mark = StringProperty()


class DeletedCard(StructuredNode):
    uid = StringProperty(unique_index=True, db_property="id")
    version = IntegerProperty()
    garage_id = StringProperty()
    assignee_id = StringProperty()
    deleted_at = DateTimeProperty()
    deleted_by = StringProperty()
    mark = StringProperty()
    had = RelationshipTo("CardVersion", "HAD")


class Bay(StructuredNode):
    uid = StringProperty(unique_index=True, db_property="id")
    garage_id = StringProperty(index=True)
    booked = IntegerProperty()
    stands_in = RelationshipTo("Garage", "STANDS_IN")


class Job(StructuredNode):
    uid = StringProperty(unique_index=True, db_property="id")
    version = IntegerProperty()
    garage_id = StringProperty()
    ticket_id = StringProperty()
    technician_id = StringProperty()
    bay_id = StringProperty()
    start = DateTimeProperty()
    end = DateTimeProperty()
    cancelled_by = StringProperty()
    on = RelationshipTo("Bay", "ON")
    by = RelationshipTo("Technician", "BY")
    of = RelationshipTo("Ticket", "FOR")


class Wrote(StructuredRel):
    before = IntegerProperty()
    after = IntegerProperty()
    hash = StringProperty()
    undone = BooleanProperty()


class ImportedEntry(StructuredNode):
    kind = StringProperty()
    key = StringProperty()
    before = StringProperty()
    after = StringProperty()


class Import(StructuredNode):
    uid = StringProperty(unique_index=True, db_property="id")
    kind = StringProperty()
    source = StringProperty()
    at = DateTimeProperty()
    state = StringProperty()
    created = IntegerProperty()
    changed = IntegerProperty()
    entries = IntegerProperty()
    wrote = RelationshipTo("FailureCard", "WROTE", model=Wrote)
    said = RelationshipTo("ImportedEntry", "SAID")


class Event(StructuredNode):
    uid = StringProperty(unique_index=True, db_property="id")
    type = StringProperty()
    entity = StringProperty()
    version = IntegerProperty()
    at = DateTimeProperty()
    left_at = DateTimeProperty(index=True)
    deed = StringProperty()
    actor = StringProperty()
    garage = StringProperty()
    trace = StringProperty()
    schema = IntegerProperty()


class Migration(StructuredNode):
    uid = StringProperty(unique_index=True, db_property="id")
    checksum = StringProperty()
    applied_at = DateTimeProperty()
