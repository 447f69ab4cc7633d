"""The sentences of refusals: what is, and what the caller can do next, in words of the workshop."""

from collections.abc import Mapping

KINDS = {"tkt_": "ticket", "fc_": "card", "inv_": "invoice", "pay_": "payment", "job_": "job"}
# Who stands where, and what they wanted: what to do first, or instead.
ADVICE: Mapping[tuple[str, str], str] = {
    ("open", "attempted"): "Assign it and start the repair before you record a try.",
    ("assigned", "attempted"): "Start the repair before you record a try.",
    ("resolved", "attempted"): "Reopen it before you record another try.",
    ("closed", "attempted"): "Reopen it before you record another try.",
    ("open", "in_progress"): "Assign it before you start the repair.",
    ("in_progress", "in_progress"): "The repair has begun with this card already: go on with it.",
    ("resolved", "in_progress"): "Reopen it before you start another repair.",
    ("closed", "in_progress"): "Reopen it before you start another repair.",
    ("in_progress", "assigned"): "Let the technician at work end the repair first.",
    ("resolved", "assigned"): "Reopen it before you assign it anew.",
    ("closed", "assigned"): "Reopen it before you assign it anew.",
    ("open", "resolved"): "Assign it and start the repair before you resolve it.",
    ("assigned", "resolved"): "Start the repair before you resolve it.",
    ("resolved", "resolved"): "Its outcome is kept; reopen it if the failure came back.",
    ("closed", "resolved"): "Its outcome is kept; reopen it if the failure came back.",
    ("open", "closed"): "Resolve it before you close it.",
    ("assigned", "closed"): "Resolve it before you close it.",
    ("in_progress", "closed"): "Resolve it before you close it.",
    ("closed", "closed"): "Nothing is left to do; reopen it if the failure came back.",
    ("open", "reopened"): "It is open already: assign it.",
    ("assigned", "reopened"): "It is in somebody's hands already: start the repair.",
    ("in_progress", "reopened"): "It is being worked on already: record what is tried.",
    ("open", "open"): "It is open already: assign it.",
    ("in_progress", "open"): "It is being worked on already: record what is tried.",
    ("open", "invoiced"): "Resolve and close it before you issue its invoice.",
    ("assigned", "invoiced"): "Resolve and close it before you issue its invoice.",
    ("in_progress", "invoiced"): "Resolve and close it before you issue its invoice.",
    ("resolved", "invoiced"): "Close it before you issue its invoice.",
    ("void", "changed"): "Issue the ticket's invoice anew.",
    ("void", "paid"): "Issue the ticket's invoice anew, and record the payment on that one.",
    ("void", "reported"): "Issue the ticket's invoice anew, and register that one.",
    ("credited", "void"): "Credit the rest of it with a credit note instead.",
    ("paid", "void"): "Money came in for it: make a credit note instead.",
    ("known to the portal", "void"): "Cancel its e-invoice first, or make a credit note instead.",
    ("older than 24 hours", "void"): "Make a credit note instead.",
    ("without an IRN", "given out"): "Register it with the invoice portal before it leaves.",
    ("cancelled at the portal", "given out"): "Void it again: its number is burnt there.",
    ("merged", "edited"): "Change the card that it was merged into, or undo the merge first.",
    ("deprecated", "edited"): "Create a new card.",
    ("rejected", "edited"): "Create a new card.",
    ("verified", "verified"): "Nothing is left to do.",
    ("undone", "invoiced"): "Issue the invoice again with a new operation id.",
}
INVOICED = "Void or credit its invoice first, or report the failure anew."
GONE_CARD = "Choose a card that is in use."
STATES = {"in_progress": "in progress"}
ROLES = {
    "admin": "Administrators",
    "manager": "Managers",
    "technician": "Technicians",
    "accountant": "Accountants",
    "customer_support": "Customer support",
    "machine": "Machines",
}
ONE_OF = {
    "admin": "an administrator",
    "manager": "a manager",
    "technician": "a technician",
    "accountant": "an accountant",
    "customer_support": "customer support",
}
THINGS = {
    "ticket": "tickets",
    "failure card": "failure cards",
    "employee": "employees",
    "invoice": "invoices and drafts",
    "report": "reports",
    "setting": "billing settings",
}
VERBS = {"update": "change"}
# Of the nouns here none is spoken otherwise than it is written.
VOWELS = frozenset("aeio")


def transition_sentence(id: str, current: str, wanted: str) -> str:
    """Say where a thing stands and what comes before the wanted step."""
    kind = next((word for prefix, word in KINDS.items() if id.startswith(prefix)), id)
    stands = f"This {kind} is {STATES.get(current, current)}."
    return f"{stands} {_next_step(kind, current, wanted)}"


def permission_sentence(role: str, action: str, resource: str, others: tuple[str, ...] = ()) -> str:
    """Say what a whole role cannot do, and whom to ask: the first of those who can."""
    who, verb = ROLES.get(role, role), VERBS.get(action, action)
    said = f"{who} cannot {verb} {THINGS.get(resource, resource)}."
    return f"{said} Ask {ONE_OF.get(others[0], others[0])}." if others else said


def machine_sentence(action: str, resource: str) -> str:
    """Say that no scope of a key lets it do this."""
    verb, things = VERBS.get(action, action), THINGS.get(resource, resource)
    return f"No scope of this key lets it {verb} {things}. Ask an administrator for another key."


def own_only(role: str, action: str, resource: str) -> str:
    """Say that a role may do it, but not to this one."""
    who, verb, things = ROLES.get(role, role), VERBS.get(action, action), THINGS[resource]
    if role == "technician" and resource == "ticket":
        return f"Technicians can {verb} only tickets that are assigned to them. Ask a manager."
    return f"{who} can {verb} only {things} of their own garage."


def one_of(noun: str) -> str:
    """Give a noun as one of its kind, an enum's name in words: an invoice, a bill of supply."""
    words = noun.replace("_", " ")
    return f"{'an' if words[:1].lower() in VOWELS else 'a'} {words}"


def _next_step(kind: str, current: str, wanted: str) -> str:
    found = ADVICE.get((current, wanted))
    if found is not None:
        return found
    if current == "invoiced":
        return INVOICED
    if kind == "card" and current in {"merged", "deprecated", "rejected"}:
        return GONE_CARD
    return f"It cannot become {STATES.get(wanted, wanted)} from there; read it again."
