"""A look that may hang: nobody waits for it for long, and it is not taken more often than it is worth."""

import threading
import time

from adapter.findings import Trouble, Unavailable
from adapter.watch.glance import Glance, Seen


def test_what_was_seen_is_kept_for_a_while():
    now, looks = [100.0], []
    glance = Glance(lambda: looks.append(1) or len(looks), keep=5.0, patience=60.0, clock=lambda: now[0])
    assert glance.now() == glance.now() == Seen(1)
    now[0] += 4.9
    assert glance.now() == Seen(1)
    now[0] += 0.2
    assert glance.now() == Seen(2)


def test_what_hangs_is_away_until_it_answers():
    go, begun = threading.Event(), threading.Event()

    def look() -> str:
        begun.set()
        go.wait(60)
        return "here"

    glance = Glance(look, keep=0.0, patience=0.05)
    assert glance.now() == Seen(trouble="away")
    assert begun.is_set()
    assert glance.now() == Seen(trouble="away")
    go.set()
    late = time.monotonic() + 60
    while glance.now() != Seen("here") and time.monotonic() < late:
        pass
    assert glance.now().value == "here"


def test_while_one_look_hangs_no_other_is_begun():
    go, looks = threading.Event(), []
    glance = Glance(lambda: looks.append(1) or go.wait(60), keep=0.0, patience=0.01)
    for _ in range(5):
        glance.now()
    go.set()
    assert len(looks) == 1


def test_trouble_is_told_by_its_kind_and_an_error_of_our_own_by_its_name():
    def full() -> None:
        raise Unavailable("the disk is full", Trouble.FULL)

    assert Glance(full, keep=0.0, patience=60.0).now() == Seen(trouble="full")
    assert Glance(lambda: 1 // 0, keep=0.0, patience=60.0).now() == Seen(trouble="failed: ZeroDivisionError")
