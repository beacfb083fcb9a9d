"""Ours of a day, told to a partner that has not asked: the relay sends it like everything else."""

from post_office import PostOffice, catalogue, kinds, record

from adapter import translate
from adapter.delivery import Delivery
from adapter.ledger import DayAsked
from adapter.reconciliation import Reconciliation
from adapter.relay.exchange import Exchange
from adapter.relay.unasked import reconcile_with


def test_what_left_on_a_day_is_told_to_its_partner_by_the_relay(any_office: PostOffice) -> None:
    any_office.put("kcci", record("K001-25-0000001"))
    any_office.work()
    (sent,) = any_office.take("ID")
    day = any_office.clock.now.date()
    any_office.clock.forward(days=1)
    partner, exchange = catalogue().system("ID"), Exchange(catalogue())
    ours = any_office.ledger.day(DayAsked("ID", day)).ours
    now = any_office.clock.now
    any_office.ledger.write([reconcile_with(partner, day, ours, exchange, now)], [], now)
    any_office.work()
    told = any_office.take("ID")
    assert kinds(told) == ["reconciliation"]
    content = translate.read(Delivery(told[0].body, "ID"), catalogue()).content
    assert isinstance(content, Reconciliation)
    assert [(tally.kind, [each.id for each in tally.messages]) for tally in content.tallies] == [
        ("certificate", [sent.message_id])
    ]
    assert any_office.ledger.verify().is_sound
