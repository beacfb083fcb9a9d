"""What a certificate makes of those that it hangs together with, and they of it, whichever of them came first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from adapter.certificate import Certificate, Document, match_key
from adapter.findings import Finding, Severity
from adapter.ledger import Change, Kin, Known, Standing
from adapter.relay.changes import OVER, change_all, keep, living, refused, turn, unclear
from adapter.rules.originals import original_of
from adapter.states import DECISIONS, IS_SUPERSEDED, Event, State

DECIDED = tuple(event.value for event in DECISIONS)
"""The states that are decisions; what comes later than the decision shares it."""
COPY, REPLACEMENT = "true_copy", "replacement"
NAMED_IN = "previous_documents"
"""Where a back-to-back certificate names what it draws on."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a certificate stands among its kin, and what becomes of them and of itself because it is there."""

    original: str | None = None
    valid_from: date | None = None
    changes: tuple[Change, ...] = ()
    superseded: bool = False
    """It was replaced before it came."""
    kin: Kin | None = None
    remarks: tuple[Finding, ...] = ()


ALONE, NOTHING = Place(), (None, None, None)


def references(certificate: Certificate) -> tuple[str | None, str | None, str | None]:
    """Form and match key of what it stands for, and of what it draws on; none of them for nearly every certificate."""
    if certificate.form == "original" and not certificate.back_to_back:
        return NOTHING
    form, rests = (None if certificate.form == "original" else certificate.form), original_of(certificate)
    draws_on = match_key(rests.number) if rests and form != COPY else None
    named = certificate.copy_of if form == COPY else certificate.supersedes
    return form, match_key(named.number) if form and named else None, draws_on


def place(certificate: Certificate, standing: Standing, known: Known) -> Place:
    """Its place; Rejected (STA-…, REF-01) where what it copies or replaces is past that, or is not clear."""
    if standing.earlier is None and standing.draws_on is None and not known.naming(standing.key):
        return ALONE
    later = _later(standing, known)
    named = [key for key in (standing.earlier, standing.draws_on) if key is not None]
    found = ALONE
    if standing.form == COPY and standing.earlier is not None:
        found = _beside(certificate, standing, known)
    elif standing.form == REPLACEMENT and standing.earlier is not None:
        found = Place(changes=_replace(standing, known))
    if standing.draws_on is not None:
        found = replace(found, changes=(*found.changes, *_draw(certificate, known)))
    if later:
        found = _come_late(standing, later, found, known)
    return replace(found, kin=known.kin((standing.key, *named)))


def rests_on(certificate: Certificate, known: Known) -> Sequence[Standing]:
    """The first Party's certificate that a back-to-back one draws on; none where it did not come this way."""
    named = original_of(certificate)
    return living(_under(certificate, named, known.of_key(match_key(named.number)))) if named else ()


def drawing_on(original: Standing, known: Known) -> list[Standing]:
    """What rests on this certificate back-to-back; what was cancelled or superseded has given back what it drew."""
    found = [each for each in known.naming(original.key) if each.draws_on == original.key]
    return [each for each in found if each.agreement == original.agreement and each.state not in OVER]


def all_of(issued: Sequence[Standing], known: Known) -> list[Standing]:
    """What a word on these is about: an original's is about its true copies too, a copy's about itself alone."""
    family = known.family_of([each for each in issued if each.form != COPY])
    return [*issued, *(each for each in family if each not in issued)]


def _beside(certificate: Certificate, standing: Standing, known: Known) -> Place:
    """A true copy is one with its original, or with the copies of it that came before."""
    assert certificate.copy_of and standing.earlier
    named = [each for each in known.of_key(standing.earlier) if _is_of(each, standing)]
    named = [each for each in named if each.issuer == standing.issuer] or named
    first = living([each for each in named if each.system == standing.system])[:1]
    change_all(first, Event.COPIED)
    if not named and _naming(standing.earlier, REPLACEMENT, standing, known):
        raise refused(IS_SUPERSEDED, certificate.copy_of.number)
    copies = _naming(standing.earlier, COPY, standing, known)
    began = named[0].valid_from or named[0].issued_on if named else certificate.copy_of.issued_on
    shared = living([*named, *copies])[:1]
    return Place(
        original=shared[0].stock if shared else None,
        valid_from=began if began != standing.issued_on else None,
        changes=(*map(keep, first), *_share(standing, known.family_of(shared))),
    )


def _draw(certificate: Certificate, known: Known) -> Iterator[Change]:
    """What it draws on stays as it is; Rejected where that was superseded or cancelled before, be it before it came."""
    first, named = rests_on(certificate, known), original_of(certificate)
    assert named
    change_all(first, Event.DRAWN_ON, NAMED_IN)
    key = match_key(named.number)
    naming = _under(certificate, named, known.naming(key))
    if not first and any((each.form, each.earlier) == (REPLACEMENT, key) for each in naming):
        raise refused(IS_SUPERSEDED, named.number, NAMED_IN)
    return map(keep, first)


def _under(certificate: Certificate, original: Document, found: Iterable[Standing]) -> list[Standing]:
    """Those of the agreement, and of the country that the original is said to be of."""
    agreement, country = certificate.agreement, original.country
    return [each for each in found if each.agreement == agreement and country in (None, each.country)]


def _replace(standing: Standing, known: Known) -> tuple[Change, ...]:
    """All that is one with what it replaces is superseded; Rejected where that was used, or replaced before."""
    assert standing.earlier
    named = _own(standing.earlier, standing, known)
    if not named and _naming(standing.earlier, REPLACEMENT, standing, known):
        raise refused(IS_SUPERSEDED, standing.earlier)
    copies = _naming(standing.earlier, COPY, standing, known)
    return change_all(living(known.family_of([*named, *copies])), Event.REPLACED)


def _come_late(standing: Standing, later: Sequence[Standing], found: Place, known: Known) -> Place:
    """A certificate that others named before it came: what replaced it has, and what was decided on a copy counts."""
    beside = [known.certificates[found.original]] if found.original in known.certificates else []
    family = known.family_of([*beside, *(each for each in later if each.form == COPY)])
    by = [each for each in later if each.form == REPLACEMENT]
    by += [each for each in family if each.state == State.SUPERSEDED]
    one = replace(found, original=found.original or (family[0].stock if family else None))
    if not by:
        return replace(one, changes=(*one.changes, *_share(standing, family)))
    who = "by" if by[0].form == REPLACEMENT else "with"
    told = f"it was superseded before it came, {who} {by[0].number}: it is kept, and goes nowhere"
    remark = Finding(code="STA-08", message=told, severity=Severity.WARNING, field="number", found=standing.number)
    itself = turn(standing, State.SUPERSEDED, cause=by[0].delivery)
    others = change_all([each for each in family if each.state not in OVER], Event.REPLACED)
    return replace(one, changes=(*one.changes, itself, *others), superseded=True, remarks=(remark,))


def _share(standing: Standing, family: Iterable[Standing]) -> tuple[Change, ...]:
    """What was decided on one of a family holds for who joins it."""
    decided = [each.state for each in family if each.state in DECIDED]
    return (turn(standing, State(decided[0])),) if decided else ()


def _later(standing: Standing, known: Known) -> list[Standing]:
    """The copies and replacements of it that came before; one that bears its original's number has none of its own."""
    if standing.earlier == standing.key:
        return []
    return [each for form in (COPY, REPLACEMENT) for each in _naming(standing.key, form, standing, known)]


def _naming(key: str, form: str, standing: Standing, known: Known) -> list[Standing]:
    """The copies or replacements of what bears this key by the same body: a number is its issuing body's own."""
    found = [each for each in known.naming(key) if (each.form, each.earlier) == (form, key)]
    return [each for each in found if each.issuer == standing.issuer and _is_of(each, standing)]


def _is_of(each: Standing, standing: Standing) -> bool:
    is_near = each.system == standing.system or REPLACEMENT not in (each.form, standing.form)
    return (
        is_near and (each.agreement, each.country) == (standing.agreement, standing.country) and each.id != standing.id
    )


def _own(key: str, standing: Standing, known: Known) -> list[Standing]:
    """The versions of the certificate of this number that the same system issued; its own body's where several did."""
    found = [each for each in known.of_key(key) if each.system == standing.system and _is_of(each, standing)]
    bodies = {each.issuer for each in found}
    if len(bodies) < 2:
        return found
    if standing.issuer not in bodies:
        raise unclear("more than one certificate bears this number", found[0].number, "supersedes.number")
    return [each for each in found if each.issuer == standing.issuer]
