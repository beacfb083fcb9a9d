"""Keys and certificates: which of them hold when, and what an operator is told of them."""

import pickle
from dataclasses import replace
from datetime import timedelta

import keys
import pytest
import shelf

from adapter.key_files import SOON, to_see_to
from adapter.trust import Seals, pin

KNOWN = shelf.catalogue()
MOMENT = timedelta(microseconds=1)


def concerns(seals, at=keys.AT):
    return list(to_see_to(seals, KNOWN, at))


def only(**changes):
    """Seals of one partner alone."""
    made = keys.seals(signed={"ID": True}, pinned={"ID": (pin(keys.certificate_pem("partner")),)})
    return replace(made, **changes)


@pytest.mark.parametrize("span", [{}, {"since": keys.AT - keys.YEAR * 2, "until": keys.AT + keys.YEAR * 2}])
def test_a_certificate_holds_within_its_own_dates_however_wide_ours_are(span):
    held = pin(keys.certificate_pem("us"), **span)
    assert (held.since, held.until) == (keys.AT - keys.YEAR, keys.AT + keys.YEAR)


def test_ours_make_its_time_shorter_and_both_moments_are_within():
    first, last = keys.AT, keys.AT + timedelta(hours=1)
    held = pin(keys.certificate_pem("us"), first, last)
    moments = (first - MOMENT, first, last, last + MOMENT)
    assert [held.holds(at) for at in moments] == [False, True, True, False]


def test_of_several_keys_that_hold_the_newest_signs():
    old, new, ended = (
        keys.signing("us"),
        keys.signing("us-2", since=keys.AT),
        keys.signing("us-3", since=keys.AT - MOMENT, until=keys.AT),
    )
    seals = Seals(signing=(new, old, ended))
    chosen = [seals.signer(keys.AT + step) for step in (-2 * MOMENT, -MOMENT, 0 * MOMENT, MOMENT)]
    assert chosen == [old, ended, new, new]
    assert seals.signer(keys.AT + 2 * keys.YEAR) is None


def test_seals_cross_into_another_process_and_show_no_key():
    seals = keys.seals()
    assert pickle.loads(pickle.dumps(seals)) == seals
    assert "PRIVATE" not in repr(seals)


def test_nothing_is_told_while_all_is_well_or_nothing_is_signed():
    assert concerns(only()) == []
    assert concerns(Seals()) == []


def test_what_is_missing_or_ends_soon_is_told():
    assert concerns(only(pinned={})) == ["no certificate of ID is in use: nothing that it sends can be accepted"]
    assert concerns(only(signing=())) == ["no key of ours is in use: nothing can be signed"]
    late = keys.AT + keys.YEAR - SOON + MOMENT
    ends = (keys.AT + keys.YEAR).isoformat()
    assert concerns(only(), late) == [f"the last key of ours ends {ends}", f"the last certificate of ID ends {ends}"]
    assert concerns(only(), late - MOMENT) == []
