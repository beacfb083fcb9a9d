"""What must hold after a drill, by ids: a count may be right though one message is lost and another doubled."""

from contextlib import closing

from ground import CHAMBER, PARTNER, Ground

from adapter.relay.rabbitmq import UNCONFIRMED_WINDOWS

UNDER_WAY = 256 * UNCONFIRMED_WINDOWS
"""Messages that a relay may have on their way, not knowing whether they arrived."""


def assert_nothing_was_lost(ground: Ground, cut_off: int) -> None:
    """After a drill in which so many times a relay was cut off from what it had on its way."""
    assert_all_arrived_once(ground)
    assert_repeated_are_the_same(ground, cut_off)
    assert_ledger_agrees(ground)
    assert_nothing_is_left(ground)


def assert_all_arrived_once(ground: Ground) -> None:
    """Every certificate is in the partner's list under one id, and every record was answered under one."""
    assert [entry.about for entry in ground.partner.entries()] == ground.numbers
    assert [entry.about for entry in ground.chamber.entries()] == ground.numbers


def assert_repeated_are_the_same(ground: Ground, cut_off: int) -> None:
    """What came again came with the same id and bytes, and is no more than what was on its way."""
    for recipient in (ground.partner, ground.chamber):
        assert set(recipient.repeated) <= set(recipient.entries())
    assert ground.partner.repeated.total() + ground.chamber.repeated.total() <= UNDER_WAY * cut_off


def assert_ledger_agrees(ground: Ground) -> None:
    """The ledger has sent what partner and chamber have, waits for nothing, and is what was written."""
    assert ground.waiting() == []
    assert ground.sent(PARTNER) == ground.partner.entries()
    assert ground.sent(CHAMBER) == ground.chamber.entries()
    with closing(ground.ledger()) as ledger:
        assert sorted(each.number for each in ledger.standings(len(ground.numbers) + 1)) == ground.numbers
        assert ledger.dead() == []
        assert ledger.verify().findings == []


def assert_nothing_is_left(ground: Ground) -> None:
    """No message in any queue, and no process; those that were told to end did so well."""
    assert ground.left() == {}
    assert ground.crews.left() == []
    assert set(ground.crews.codes) == {0}
