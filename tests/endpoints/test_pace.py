"""How fast a partner is sent to, with a clock that stands still until told."""

from adapter.relay.endpoints.pace import LONGEST, MOMENT, Bucket


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_lets_a_seconds_worth_go_at_once_and_then_as_many_in_each_second():
    clock = Clock()
    bucket = Bucket(10, clock)
    assert [bucket.take() for _ in range(10)] == [0.0] * 10
    assert bucket.take() > 0
    went = 0
    for _ in range(100):
        clock.now += 0.1
        went += sum(not bucket.take() for _ in range(3))
    assert 99 <= went <= 100


def test_less_than_one_in_a_second_is_kept_too():
    clock = Clock()
    bucket = Bucket(0.1, clock)
    assert bucket.take() == 0.0
    clock.now += 9.5
    assert bucket.take() > 0
    clock.now += 0.6
    assert bucket.take() == 0.0


def test_what_has_to_wait_comes_back_one_after_the_other():
    bucket = Bucket(2, Clock())
    assert [bucket.take() for _ in range(5)] == [0.0, 0.0, 0.5, 1.0, 1.5]


def test_nothing_waits_for_less_than_a_moment_or_longer_than_the_longest():
    bucket = Bucket(1_000, Clock())
    waits = [bucket.take() for _ in range(2_000)]
    assert min(wait for wait in waits if wait) == MOMENT
    slow = Bucket(0.001, Clock())
    assert [slow.take() for _ in range(3)][1:] == [LONGEST, LONGEST]


def test_a_clock_that_is_put_back_gives_no_more_and_keeps_nobody_waiting():
    clock = Clock()
    bucket = Bucket(1, clock)
    bucket.take()
    clock.now -= 50
    assert bucket.take() > 0
    clock.now += 1
    assert bucket.take() == 0.0
