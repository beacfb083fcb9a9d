"""Rules on the form: what it must say, its type and number, true copies and replacements."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapter.agreement import Terms
from adapter.certificate import Certificate, Part, match_key
from adapter.deadlines import months_after
from adapter.enquiry import key_information as key_information_of
from adapter.findings import Severity
from adapter.messages import FUNCTION_OF_FORM, Function
from adapter.parameters import Box, Parameter, Read
from adapter.rules.dates import exporting_country
from adapter.rules.likeness import unlike
from adapter.rules.rule import KEPT, Breach, Facts, rule


@rule("REG-02")
def key_information(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Number, HS code, description, quantity, day of issue and exporter's name are all there."""
    # The hub's own types see to the other five; a number must also hold something that can be looked up.
    breaches = [
        Breach(message="no quantity and no weight", field=f"items[{place}].quantity", allowed="a quantity or a weight")
        for place, item in enumerate(certificate.items)
        if item.quantity is None and item.gross_weight is None and item.net_weight is None
    ]
    number = certificate.number
    if not (number.isascii() and number[-1].isalnum()) and not certificate.key:
        message = "the number has neither a letter nor a digit to look it up by"
        breaches.append(Breach(message=message, field="number", found=certificate.number))
    return breaches


@rule("EXA-01", "boxes")
def boxes(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """No box of the form is empty that may not be."""
    breaches: list[Breach] = []
    for box in terms.boxes:
        header, item_reads = box.reads
        if _filled(header, certificate):
            continue
        empty = [place for place, item in enumerate(certificate.items) if not _filled(item_reads, item)]
        if empty:
            breaches += [_empty(box, None)] if header else [_empty(box, place) for place in empty]
    return breaches


def _filled(reads: Sequence[Read], part: Part) -> bool:
    for read in reads:
        try:
            if read(part):
                return True
        except AttributeError as error:
            if error.obj is not None:  # A field that the hub does not have, not one that is absent.
                raise
    return False


def _empty(box: Box, place: int | None) -> Breach:
    field = box.fields[0] if place is None else box.fields[0].replace("[]", f"[{place}]", 1)
    return Breach(message=f"box {box.box} is empty", field=field, allowed=" or ".join(box.fields), rests_on=box)


@rule("TYP-01")
def type_allowed(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """The proof of origin is of a type that the agreement uses."""
    types = terms.agreement.types
    if certificate.type in types:
        return KEPT
    message = f"a {certificate.type} of origin is not in use under this agreement"
    return (Breach(message=message, field="type", found=certificate.type, allowed=" or ".join(types)),)


@rule("FUN-01")
def function_agrees(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """What the message does agrees with the certificate's form."""
    function = facts.function
    if function is None or function is Function.RESEND or function is FUNCTION_OF_FORM[certificate.form]:
        return KEPT
    message = f"the message's function is {function} but the certificate's form is {certificate.form}"
    allowed = f"{FUNCTION_OF_FORM[certificate.form]} or {Function.RESEND}"
    return (Breach(message=message, field="form", found=certificate.form, allowed=allowed),)


@rule("TRU-01", "true_copy")
def true_copy(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """A true copy names its original, comes in time, and only while the original is unused."""
    if certificate.form == "true_copy":
        return list(_copy(certificate, terms, facts))
    if certificate.copy_of is None:
        return KEPT
    message = f"names an original though its form is {certificate.form}"
    return (Breach(message=message, field="copy_of", allowed="only on a true copy", rests_on=terms.true_copy),)


@rule("TRU-02")
def same_as_original(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """A true copy bears number and day of issue of its original, where the agreement has it so."""
    original = certificate.copy_of if certificate.form == "true_copy" else None
    if original is None or terms.true_copy is None or not terms.true_copy.same:
        return KEPT
    breaches = []
    if match_key(original.number) != certificate.key:
        message = "another number than the original's"
        breaches.append(Breach(message=message, field="number", found=certificate.number, allowed=original.number))
    if original.issued_on is not None and original.issued_on != certificate.issued_on:
        message, found = "another day of issue than the original's", certificate.issued_on
        breaches.append(Breach(message=message, field="issued_on", found=found, allowed=f"{original.issued_on}"))
    return breaches


@rule("TRU-03")
def same_goods(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """A true copy says of exporter and goods what its original says."""
    if facts.copied is None or certificate.form != "true_copy":
        return KEPT
    differing = unlike(key_information_of(certificate), facts.copied, "the original")
    own = ("number", "issued_on")  # whether those are the original's too is the agreement's own affair (TRU-02)
    return [
        replace(each, field="exporter.name" if each.field == "exporter" else each.field)
        for each in differing
        if each.field not in own
    ]


def _copy(certificate: Certificate, terms: Terms, facts: Facts) -> Iterator[Breach]:
    terms_of_copy, original = terms.true_copy, certificate.copy_of
    if original is None or original.issued_on is None:
        yield _reference_missing("copy_of", "the original", original is None, terms_of_copy)
        return
    if certificate.issued_on < original.issued_on:
        yield _before("copy_of", "the original", certificate, original.issued_on, terms_of_copy)
    if terms_of_copy and terms_of_copy.months is not None:
        last = months_after(original.issued_on, terms_of_copy.months)
        if certificate.issued_on > last:
            message = f"issued {(certificate.issued_on - original.issued_on).days} calendar days after the original"
            allowed = f"within {terms_of_copy.months} months of the original: until {last}"
            yield Breach(
                message=message,
                field="issued_on",
                found=certificate.issued_on,
                allowed=allowed,
                rests_on=terms_of_copy,
            )
    if terms_of_copy and terms_of_copy.unused:
        yield from _original_unused(terms_of_copy, facts)


def _original_unused(terms_of_copy: Parameter, facts: Facts) -> Iterator[Breach]:
    if facts.original_used:
        message = "the original was used"
        yield Breach(message=message, field="copy_of", allowed="an original not used", rests_on=terms_of_copy)
    elif facts.original_used is None and facts.ledger:
        message = "the ledger does not know whether the original was used"
        yield Breach(message=message, field="copy_of", rests_on=terms_of_copy, severity=Severity.UNDECIDED)
    elif facts.original_used is None:
        # The issuing body verifies it before it issues; only the relay's ledger can look again.
        message = "whether the original was used is not looked up here: the issuing body verified it"
        yield Breach(message=message, field="copy_of", rests_on=terms_of_copy, severity=Severity.INFO)


@rule("ALT-01", "replacement")
def replacement(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """A replacement names what it replaces, with its day of issue, and has a number of its own."""
    if certificate.form == "replacement":
        return list(_replaced(certificate, terms))
    if certificate.supersedes is None:
        return KEPT
    message = f"names a superseded certificate though its form is {certificate.form}"
    return (Breach(message=message, field="supersedes", allowed="only on a replacement", rests_on=terms.replacement),)


def _replaced(certificate: Certificate, terms: Terms) -> Iterator[Breach]:
    earlier, parameter = certificate.supersedes, terms.replacement
    if earlier is None or earlier.issued_on is None:
        yield _reference_missing("supersedes", "the certificate replaced", earlier is None, parameter)
    elif certificate.issued_on < earlier.issued_on:
        yield _before("supersedes", "the certificate replaced", certificate, earlier.issued_on, parameter)
    if parameter and parameter.new_number and earlier and match_key(earlier.number) == certificate.key:
        yield Breach(
            message="the replacement bears the number of what it replaces",
            field="number",
            found=certificate.number,
            allowed=f"another number than {earlier.number}, hyphens and case aside",
            rests_on=parameter,
        )


def _reference_missing(field: str, what: str, wholly: bool, rests_on: Parameter | None) -> Breach:
    lacks = "number and day of issue" if wholly else "day of issue"
    field = field if wholly else f"{field}.issued_on"
    return Breach(message=f"{lacks} of {what} missing", field=field, allowed="number and date", rests_on=rests_on)


def _before(field: str, what: str, certificate: Certificate, day: object, rests_on: Parameter | None) -> Breach:
    return Breach(
        message=f"issued before {what}",
        field="issued_on",
        found=certificate.issued_on,
        allowed=f"from {day} on, the day of {field}",
        rests_on=rests_on,
    )


@rule("NUM-02", "numbers", Severity.WARNING)
def number_form(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """The number looks as the issuing country's numbers do."""
    forms = terms.numbers.get(exporting_country(certificate, terms) or "", ())
    for form in forms:
        if form.pattern.fullmatch(certificate.number):
            return KEPT
    if not forms:
        return KEPT
    return (
        Breach(
            message="the number does not look like those of its country",
            field="number",
            found=certificate.number,
            allowed=" or ".join(f"like {form.example}" for form in forms),
            rests_on=forms[0],
        ),
    )
