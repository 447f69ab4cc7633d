"""Every channel is whole: how it is addressed and written, who carries it, and that it is kept."""

from dataclasses import replace

import pytest

from billing.messages.channels import CHANNELS
from billing.messages.messengers import Channel, ManualMessenger
from records.database import Records
from tests.billing.sample_books import customer
from web.billing import build_messengers
from web.breakers import Breakers
from web.mail import build_mailer
from web.settings import Settings

MEERA = replace(customer(), email="meera@joshi.example", phone="98000 00000")


@pytest.mark.parametrize("channel", Channel)
def test_every_channel_reaches_a_customer_and_is_carried(channel: Channel) -> None:
    assert CHANNELS[channel].address(MEERA)
    messengers = build_messengers(build_mailer(Settings(), Breakers()))
    assert isinstance(messengers[channel], ManualMessenger)


async def test_the_table_asks_no_list_of_channels(records: Records) -> None:
    """A new channel needs no migration: the closed list is the enum alone."""
    asked = (
        "select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'message'::regclass"
    )
    async with records.transaction() as connection:
        found = await (await connection.execute(asked)).fetchall()
    assert [rule for rule in map(str, found) if "email" in rule] == []
