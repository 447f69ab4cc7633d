"""Every error this project raises on purpose, in one tree.

BattwheelsError
├── Refused                 the caller asked for something that cannot be; mend the request
│   ├── InvalidInput        a value is wrong: which field, and why
│   │   └── WrongCharacter   a number is misspelt: at which character, and why
│   ├── NotFound            there is no such thing, or this actor may not know of it
│   ├── AlreadyExists       the id is taken by something else
│   ├── NotAuthenticated    nobody vouches for the caller
│   ├── NotAllowed          the caller is known and may not do this
│   ├── NotCertified        whoever would do the work may not work on high voltage
│   ├── StaleVersion        somebody else changed it first
│   ├── IllegalTransition   the state machine has no such step
│   ├── OperationConflict   the operation id was used before for something else, or is spent
│   ├── MonthClosed         the books of that month are closed
│   ├── OverLimit           more money than there is to give back, credit or pay
│   ├── Occupied            somebody else is at work on it; ask again a little later
│   ├── Overlaps            another job has the bay or the technician at that time
│   ├── WorseModel          a trained model did not pass the gates before it may serve
│   ├── TooMany             the caller asks more than their share; ask again later, or less
│   └── CursorLost          the change log does not reach from there to now
├── Tampered                what may never change was changed
├── BrokenModel             a model's file cannot serve here; what served before goes on
├── UselessTraining         what was to be learned from teaches nothing; no run was kept
├── Unavailable             a store or model does not answer; try again later
│   └── WrongPassword        a store answers and does not know us by these words
├── Overrun                 the handler of an event did not end in its time
├── NoBooks                 where the books should be there are none
├── MigrationDrift          an applied migration no longer reads as it did
├── MigrationNeeded         the database is older than this program, and not ours to change
├── NewerDatabase           a newer version of this program has migrated the database
├── NotGranted              a store knows our account, which may not do what it has to
├── ImportRefused           a file cannot be read as what it was said to be
├── UnsafeSetting           a setting that must not be used this way
└── LocalServiceError       a local store cannot be started or stopped
"""

from collections.abc import Sequence
from math import ceil

from domain import sentences


class BattwheelsError(Exception):
    """The root: catch it to catch whatever this project raises on purpose.

    `first` is what is to be said before it: what keeps people safe, where the report that is
    refused tells a danger.
    """

    first: str = ""


class Refused(BattwheelsError):
    """The request cannot be granted as it stands."""


class InvalidInput(Refused):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason

    def at(self, field: str) -> "InvalidInput":
        """Give the same about another field: where the value stands in what was handed in."""
        moved = InvalidInput(field, self.reason)
        moved.first = self.first
        return moved


class WrongCharacter(InvalidInput):
    def __init__(self, field: str, position: int, reason: str) -> None:
        super().__init__(field, f"character {position} {reason}")
        self.position = position
        self._why = reason

    def at(self, field: str) -> "WrongCharacter":
        moved = WrongCharacter(field, self.position, self._why)
        moved.first = self.first
        return moved


class NotFound(Refused):
    # Whose it is, where it is there for others: for the audit, never for whoever asks.
    owner: str | None = None

    def __init__(self, kind: str, id: str, sentence: str | None = None) -> None:
        """Refuse with `sentence`, where there is a way to have what is not there yet."""
        super().__init__(sentence or f"There is no {kind} {id!r} that you may see. Check the id.")
        self.kind = kind
        self.id = id


class AlreadyExists(Refused):
    def __init__(self, kind: str, id: str) -> None:
        super().__init__(f"The {kind} id {id!r} is taken. Make a new id.")
        self.kind = kind
        self.id = id


class NotAuthenticated(Refused):
    def __init__(self, reason: str) -> None:
        super().__init__(f"Not signed in: {reason}")
        self.reason = reason


class NotAllowed(Refused):
    def __init__(self, role: str, action: str, resource: str, sentence: str | None = None) -> None:
        """Refuse with `sentence`, or with what the whole role cannot do."""
        super().__init__(sentence or sentences.permission_sentence(role, action, resource))
        self.role = role
        self.action = action
        self.resource = resource


class NotCertified(Refused):
    def __init__(self, technician: str) -> None:
        super().__init__(
            f"{technician} is not certified for work on high voltage. "
            "Assign somebody who is, or follow a card without high-voltage work."
        )
        self.technician = technician


class StaleVersion(Refused):
    def __init__(self, id: str, expected: int, actual: int) -> None:
        super().__init__(
            f"{id} was changed meanwhile: it is at version {actual}, you had {expected}. "
            "Read it again and repeat the change."
        )
        self.id = id
        self.expected = expected
        self.actual = actual


class IllegalTransition(Refused):
    def __init__(self, id: str, current: str, wanted: str, note: str | None = None) -> None:
        """Refuse with `note`, or with what comes before the wanted step."""
        super().__init__(note or sentences.transition_sentence(id, current, wanted))
        self.id = id
        self.current = current
        self.wanted = wanted


class OperationConflict(Refused):
    def __init__(self, operation_id: str, why: str = "was used before for something else") -> None:
        super().__init__(
            f"Operation id {operation_id} {why}. Send this call with a new operation id."
        )
        self.operation_id = operation_id


class MonthClosed(Refused):
    def __init__(self, month: str) -> None:
        super().__init__(f"The books of {month} are closed. Choose a day in an open month.")
        self.month = month


class OverLimit(Refused):
    """Amounts are whole paise."""

    def __init__(self, field: str, asked: int, most: int) -> None:
        super().__init__(
            f"{field}: {asked} paise are more than the {most} that are left. Ask for less."
        )
        self.field = field
        self.asked = asked
        self.most = most


class Occupied(Refused):
    def __init__(self, kind: str, id: str) -> None:
        super().__init__(
            f"Somebody else is at work on the {kind} {id!r}. Send it again in a minute."
        )
        self.kind = kind
        self.id = id


class Overlaps(Refused):
    """`field` says what both want: the bay or the technician."""

    def __init__(self, field: str, job: str) -> None:
        super().__init__(
            f"Job {job} has this {field} at that time. Choose another time or {field}."
        )
        self.field = field
        self.job = job


class Tampered(BattwheelsError):
    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason


class WorseModel(Refused):
    """`objections` are the sentences of the gates that stopped it, with their figures."""

    def __init__(self, run: str, objections: Sequence[str]) -> None:
        super().__init__(
            f"Model {run} may not serve: {'; '.join(objections)}. "
            "What serves goes on serving; train again with more or better history."
        )
        self.run = run
        self.objections = tuple(objections)


class TooMany(Refused):
    def __init__(self, of: str, retry_s: float | None = None) -> None:
        later = f" Try again in {max(1, ceil(retry_s))} s." if retry_s is not None else ""
        super().__init__(f"Too many {of} of yours at one time.{later}")
        self.of = of
        self.retry_s = retry_s


class CursorLost(Refused):
    def __init__(self, cursor: int, last: int) -> None:
        super().__init__(
            f"The change log has no way from {cursor} on. Read again, then follow from {last}."
        )
        self.cursor = cursor
        self.last = last


class BrokenModel(BattwheelsError):
    def __init__(self, model: str, reason: str) -> None:
        super().__init__(f"Model {model} cannot serve: {reason}. What served before goes on.")
        self.model = model
        self.reason = reason


class UselessTraining(BattwheelsError):
    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(
            f"No {kind} was trained: {reason}. Nothing was kept; what serves goes on serving."
        )
        self.kind = kind
        self.reason = reason


class Unavailable(BattwheelsError):
    def __init__(
        self,
        dependency: str,
        reason: str,
        sentence: str | None = None,
        *,
        retry_s: float | None = None,
    ) -> None:
        """Refuse with `sentence`, where there is more to say to a person than what is silent.

        `retry_s`: after how many seconds it may be asked again, if it said so.
        """
        super().__init__(sentence or f"{dependency} does not answer: {reason}")
        self.sentence = sentence
        self.dependency = dependency
        self.reason = reason
        self.retry_s = retry_s


class WrongPassword(Unavailable):
    def __init__(self, dependency: str, setting: str) -> None:
        super().__init__(dependency, f"it refused the name or the password of {setting}")
        self.setting = setting

    def __str__(self) -> str:
        return f"{self.dependency} answers, and refused the name or the password of {self.setting}."


class Overrun(BattwheelsError):
    def __init__(self, consumer: str, seconds: float) -> None:
        super().__init__(f"{consumer} did not end within {seconds:g} seconds.")
        self.consumer = consumer
        self.seconds = seconds


class NoBooks(BattwheelsError):
    def __init__(self, home: str) -> None:
        super().__init__(
            f"There are no books in {home}. Go to the folder that holds the service's .battwheels, "
            "or set BATTWHEELS_HOME or POSTGRES_URL. Nothing was started."
        )
        self.home = home


class MigrationDrift(BattwheelsError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"Migration {name} was changed after it was applied. Restore it; add a new one instead."
        )
        self.name = name


class MigrationNeeded(BattwheelsError):
    def __init__(self, store: str, names: Sequence[str]) -> None:
        super().__init__(
            f"{store} lacks {', '.join(names)}, and its tables are not this account's. Run "
            "`battwheels migrate` as their owner (POSTGRES_OWNER_URL); nothing was changed."
        )
        self.store = store
        self.names = tuple(names)


class NewerDatabase(BattwheelsError):
    def __init__(self, store: str, names: Sequence[str]) -> None:
        super().__init__(
            f"{store} was migrated by a newer version of battwheels ({', '.join(names)} "
            "is not known here). Run that version or a later one; nothing was changed."
        )
        self.store = store
        self.names = tuple(names)


class NotGranted(BattwheelsError):
    def __init__(self, store: str, reason: str) -> None:
        super().__init__(
            f"{store} does not let this account do what it has to: {reason}. Run `battwheels "
            "migrate` as the owner of the tables (POSTGRES_OWNER_URL), which grants it; nothing "
            "was changed."
        )
        self.store = store
        self.reason = reason


class ImportRefused(BattwheelsError):
    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason} Nothing was written.")
        self.source = source
        self.reason = reason


class UnsafeSetting(BattwheelsError):
    def __init__(self, setting: str, reason: str) -> None:
        super().__init__(f"{setting}: {reason}")
        self.setting = setting
        self.reason = reason


class LocalServiceError(BattwheelsError):
    def __init__(self, service: str, reason: str, remedy: str) -> None:
        super().__init__(f"{service}: {reason} {remedy}")
        self.service = service
        self.reason = reason
        self.remedy = remedy
