"""Whatever the relay does, its ledger is what the journal says of it."""

from post_office import PostOffice, acknowledge, feed_back, fixture, record, respond


def test_a_ledger_that_the_relay_wrote_is_sound(any_office: PostOffice) -> None:
    office = any_office
    office.put("kcci", record("K001-25-0000001"))
    office.put("kcci", record("K001-25-0000002", originCriterion="nonsense"), "m-2")
    office.put("kcci", b"no document", "m-3")
    office.put("CN", fixture("cn/certificate/kr-cn-import-3-items.xml"), "c-1")
    office.work()
    (sent,) = office.take("ID")
    feed_back(office, "ID", "K001-25-0000009", "granted", id="f-0")  # undecided: no such certificate yet
    acknowledge(office, "ID", sent)
    respond(office, "ID", sent, "accepted")
    feed_back(office, "ID", "K001-25-0000001", "granted")
    office.put("kcci", record("K001-25-0000001"))  # the same again
    office.work()
    office.put("kcci", record("K001-25-0000009"), "m-9")
    office.work()
    (later,) = [each for each in office.take("ID") if each.headers.get("number") == "K001-25-0000009"]
    acknowledge(office, "ID", later, "a-9")
    office.work()
    feed_back(office, "ID", "K001-25-0000009", "granted", id="f-0")  # looked at again
    office.work()
    proof = office.ledger.verify()
    assert proof.findings == []
    assert proof.checked["certificates"] == 3
    assert proof.checked["deliveries"] >= 9
    assert office.states()["K001-25-0000001"] == office.states()["K001-25-0000009"] == "used"
