"""Rules on reconciliation: a day's tallies agree with themselves."""

from collections.abc import Sequence

from adapter.reconciliation import Reconciliation
from adapter.rules.days import yet_to_come
from adapter.rules.rule import KEPT, Breach, Facts, rule


@rule("RCN-01")
def part_of_parts(told: Reconciliation, terms: None, facts: Facts) -> Sequence[Breach]:
    """A part is one of as many as there are."""
    if told.part <= told.parts:
        return KEPT
    message = "a part beyond the last"
    return (Breach(message=message, field="part", found=told.part, allowed=f"1 to {told.parts}"),)


@rule("RCN-02")
def counts_agree(told: Reconciliation, terms: None, facts: Facts) -> Sequence[Breach]:
    """A tally counts the messages that it lists; where a long list comes in parts, no fewer than one part lists."""
    return [
        Breach(
            message="the count is not that of the messages listed",
            field=f"tallies[{place}].count",
            found=tally.count,
            allowed=f"{'' if told.parts == 1 else 'at least '}{len(tally.messages)}",
        )
        for place, tally in enumerate(told.tallies)
        if tally.count != len(tally.messages) and (told.parts == 1 or tally.count < len(tally.messages))
    ]


@rule("RCN-03")
def told_once(told: Reconciliation, terms: None, facts: Facts) -> Sequence[Breach]:
    """Each kind is tallied once each way, and each message listed once."""
    breaches, seen = [], set[tuple[str, ...]]()
    for place, tally in enumerate(told.tallies):
        kinds = (tally.kind, tally.direction)
        if kinds in seen:
            message, field = "a kind that was tallied above", f"tallies[{place}].kind"
            breaches.append(Breach(message=message, field=field, found=tally.kind, allowed="each kind once each way"))
        seen.add(kinds)
        for nth, message_told in enumerate(tally.messages):
            named = (*kinds, message_told.id)
            if named in seen:
                field = f"tallies[{place}].messages[{nth}].id"
                message = "a message that was listed above"
                breaches.append(Breach(message=message, field=field, found=message_told.id, allowed="each once"))
            seen.add(named)
    return breaches


@rule("RCN-04")
def day_over(told: Reconciliation, terms: None, facts: Facts) -> Sequence[Breach]:
    """The day that is told of has come."""
    return yet_to_come("day", told.day, facts)
