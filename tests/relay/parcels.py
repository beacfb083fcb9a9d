"""Parcels for brokers under test, and what it takes to send and take all of them."""

from adapter.relay.broker import Parcel

WINDOW_BYTES = 1_000_000
MOMENT = 0.3
"""Seconds without a delivery after which a queue counts as empty."""
PATIENCE = 30.0


def parcels(count, queue="to.XA", size=10, start=0):
    return [Parcel(queue, f"id-{number}", b"x" * size) for number in range(start, start + count)]


def ids(messages):
    return [message.message_id for message in messages]


def send_all(broker, items):
    """Send and wait for every receipt."""
    broker.send(items)
    return receipts_of(broker, len(items))


def receipts_of(broker, count):
    found = []
    while len(found) < count:
        news = broker.receipts(PATIENCE)
        assert news, f"{count - len(found)} receipts are missing"
        found += news
    return found


def take_all(broker, queue="to.XA", count=None, most=256):
    """Take until the count is reached or the queue is empty."""
    found = []
    while count is None or len(found) < count:
        window = broker.take([queue], most, WINDOW_BYTES, MOMENT if count is None else PATIENCE)
        if not window:
            break
        found += window
    return found


def work_off(broker, count, queue="to.XA"):
    """Take and acknowledge as many, window by window."""
    found = []
    while len(found) < count:
        window = broker.take([queue], 100, WINDOW_BYTES, PATIENCE)
        assert window, f"{count - len(found)} messages are missing"
        broker.acknowledge(window)
        found += window
    return found
