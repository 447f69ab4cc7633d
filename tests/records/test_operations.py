"""Operation ids on a real PostgreSQL: done once, answered the same."""

import asyncio
from uuid import uuid4

import pytest

from domain.errors import InvalidInput, OperationConflict
from domain.ids import OperationId, PersonId
from records.database import Records
from records.operations import Answer, OperationStore, body_hash

ONE = OperationId("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
ANU, BALA = PersonId("anu"), PersonId("bala")
BODY = body_hash({"title": "x"})


class Work:
    """Counts how often it is done, and fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.done = 0
        self._failures = failures

    async def __call__(self) -> Answer:
        await asyncio.sleep(0.01)
        if self._failures:
            self._failures -= 1
            raise InvalidInput("title", "is odd")
        self.done += 1
        return {"number": self.done, "words": "है"}


@pytest.fixture
def operations(records: Records) -> OperationStore:
    return OperationStore(records)


async def _rows(records: Records) -> int:
    return (await records.rows("select count(*) as n from operation"))[0]["n"]


async def test_second_call_gets_the_first_answer(operations: OperationStore) -> None:
    work = Work()
    first = await operations.run_once(ONE, ANU, BODY, work)
    assert await operations.run_once(ONE, ANU, BODY, work) == first == {"number": 1, "words": "है"}
    assert work.done == 1


async def test_fifty_at_once_work_once(operations: OperationStore) -> None:
    work = Work()
    answers = await asyncio.gather(*(operations.run_once(ONE, ANU, BODY, work) for _ in range(50)))
    assert answers == [{"number": 1, "words": "है"}] * 50
    assert work.done == 1


async def test_other_body_is_a_conflict(operations: OperationStore, records: Records) -> None:
    work = Work()
    await operations.run_once(ONE, ANU, BODY, work)
    with pytest.raises(OperationConflict) as refused:
        await operations.run_once(ONE, ANU, body_hash({"title": "y"}), work)
    assert refused.value.operation_id == ONE
    assert (work.done, await _rows(records)) == (1, 1)


async def test_actors_do_not_share_ids(operations: OperationStore) -> None:
    work = Work()
    answers = [await operations.run_once(ONE, actor, BODY, work) for actor in (ANU, BALA)]
    assert [answer["number"] for answer in answers] == [1, 2]


async def test_failed_work_leaves_no_row(operations: OperationStore, records: Records) -> None:
    with pytest.raises(InvalidInput):
        await operations.run_once(ONE, ANU, BODY, Work(failures=1))
    assert await _rows(records) == 0


async def test_failed_work_may_be_tried_again(operations: OperationStore) -> None:
    work = Work(failures=1)
    with pytest.raises(InvalidInput):
        await operations.run_once(ONE, ANU, BODY, work)
    assert (await operations.run_once(ONE, ANU, BODY, work))["number"] == 1


async def test_waiter_takes_over_after_failure(operations: OperationStore) -> None:
    work = Work(failures=1)
    tried = await asyncio.gather(
        *(operations.run_once(ONE, ANU, BODY, work) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(answer, InvalidInput) for answer in tried) == 1
    assert (work.done, sum(isinstance(answer, dict) for answer in tried)) == (1, 4)


async def test_the_rest_wait_for_their_turn(records: Records) -> None:
    operations, at_work, most = OperationStore(records, at_once=2), 0, 0

    async def work() -> Answer:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0.01)
        at_work -= 1
        return {}

    ids = [OperationId(str(uuid4())) for _ in range(9)]
    assert (
        await asyncio.gather(*(operations.run_once(each, ANU, BODY, work) for each in ids))
        == [{}] * 9
    )
    assert most == 2


def test_body_hash_is_blind_to_key_order() -> None:
    assert body_hash({"a": 1, "b": [2, 3]}) == body_hash({"b": [2, 3], "a": 1})
    assert body_hash({"a": [3, 2]}) != body_hash({"a": [2, 3]})
