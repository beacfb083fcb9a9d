"""Two partners may give their verifications one number, of certificates that bear one number under two agreements."""

from datetime import date

from post_office import PostOffice, catalogue, kinds, record

from adapter import translate
from adapter.messages import Content, Function, Header, Kind
from adapter.verification import VerificationReply, VerificationRequest

NUMBER, REQUEST = "K001-25-0000001", "V-2026-1"
PARTNERS = {"ID": ("ik-cepa", "ik-cepa-1-item"), "CN": ("kr-cn", "kr-cn-1-item")}


def say(office: PostOffice, code: str, receiver: str, kind: Kind, function: Function, content: Content) -> None:
    """A system says it."""
    id = f"{kind}-{content.agreement}"
    header = Header(id=id, kind=kind, function=function, sender=code, receiver=receiver, sent_at=office.clock.now)
    office.put(code, translate.write(content, catalogue().system(code), catalogue(), header).body, id)


def test_a_reply_goes_to_whoever_asked_under_its_agreement(office: PostOffice) -> None:
    day = date(2026, 3, 2)
    for code, (agreement, name) in PARTNERS.items():
        office.put("kcci", record(NUMBER, name), f"m-{code}")
        office.work()
        office.take(code)
        asked = VerificationRequest(
            number=NUMBER, agreement=agreement, request=REQUEST, ground="random", requested_on=day
        )
        say(office, code, "KR", Kind.VERIFICATION_REQUEST, Function.ASK, asked)
        office.work()
        office.take(code)
    assert kinds(office.take("kcci")).count("verification_request") == 2
    reply = VerificationReply(number=NUMBER, agreement="kr-cn", request=REQUEST, result="confirmed", replied_on=day)
    say(office, "kcci", "CN", Kind.VERIFICATION_REPLY, Function.ANSWER, reply)
    office.work()
    assert office.ledger.dead() == []
    assert (kinds(office.take("CN")), kinds(office.take("ID"))) == (["verification_reply"], [])
