// A vehicle is found by make, model and year, whatever the case it was typed in.
CREATE RANGE INDEX vehicle_model_named IF NOT EXISTS
FOR (n:VehicleModel) ON (n.make_key, n.model_key, n.year);
CREATE RANGE INDEX vehicle_model_shown IF NOT EXISTS
FOR (n:VehicleModel) ON (n.make, n.model, n.year);
// Lists of cards: by state, by make, by kind of vehicle, by signature, by campaign.
CREATE RANGE INDEX card_status IF NOT EXISTS FOR (n:FailureCard) ON (n.status);
CREATE RANGE INDEX card_make IF NOT EXISTS FOR (n:FailureCard) ON (n.make);
CREATE RANGE INDEX card_category IF NOT EXISTS FOR (n:FailureCard) ON (n.category);
CREATE RANGE INDEX card_symptom_hash IF NOT EXISTS FOR (n:FailureCard) ON (n.symptom_hash);
CREATE RANGE INDEX card_campaign IF NOT EXISTS FOR (n:FailureCard) ON (n.campaign);
// The best cards first, the more used of two equals before the other: read in index order.
CREATE RANGE INDEX card_effectiveness IF NOT EXISTS
FOR (n:FailureCard) ON (n.effectiveness, n.times_used);
// The newest tickets of a garage, and what lies on one technician's bench.
CREATE RANGE INDEX ticket_garage IF NOT EXISTS FOR (n:Ticket) ON (n.garage_id, n.opened_at);
CREATE RANGE INDEX ticket_assignee IF NOT EXISTS FOR (n:Ticket) ON (n.assignee_id, n.opened_at);
CREATE RANGE INDEX ticket_opened IF NOT EXISTS FOR (n:Ticket) ON (n.opened_at);
// The same code in every make's meaning; a reading above a value; events in their order.
CREATE RANGE INDEX error_code_bare IF NOT EXISTS FOR (n:ErrorCode) ON (n.code);
CREATE RANGE INDEX reading_value IF NOT EXISTS FOR (n:Reading) ON (n.name, n.value);
CREATE RANGE INDEX event_order IF NOT EXISTS FOR (n:Event) ON (n.at);
// Where garages stand and where cards were found.
CREATE POINT INDEX garage_location IF NOT EXISTS FOR (n:Garage) ON (n.location);
CREATE POINT INDEX card_origin IF NOT EXISTS FOR (n:FailureCard) ON (n.origin);
