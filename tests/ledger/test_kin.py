"""Certificates that hang together: what was decided without knowing one of them is decided again."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from entries import AT, entry, standing
from old_ledger import CERTIFICATE, insert, rows_of, take_steps
from sqlalchemy import create_engine, select

from adapter.ledger import Change, Kin, Known, Ledger, Outcome, Outpaced, Question, Standing
from adapter.ledger.engine import open_engine, writing
from adapter.ledger.many import among
from adapter.ledger.schema import CERTIFICATES
from adapter.ledger.statements import STANDING

ORIGINAL = standing("o")
NEXT = replace(standing("r"), form="replacement", earlier="KEYo")
COPY = replace(standing("k"), form="true_copy", earlier="KEYo", original="o", valid_from=date(2025, 3, 1))
COPY_OF_COPY = replace(standing("kk"), form="true_copy", earlier="KEYk", original="o")
DRAWING = replace(standing("b"), draws_on="KEYo")


def taken(one: Standing, *known: str, keys: tuple[str, ...] = ()) -> Outcome:
    """It is taken in, by what was known of its kin."""
    kin = Kin((*keys, one.key, *([one.earlier] if one.earlier else [])), frozenset(known)) if known or keys else None
    return Outcome(entry(f"d-{one.id}"), certificate=one, kin=kin)


def write(ledger: Ledger, *outcomes: Outcome) -> None:
    for each in outcomes:
        ledger.write([each], [], AT)


def known(ledger: Ledger, *keys: str) -> Known:
    return ledger.known(Question(keys=keys))


def ids(found: list[Standing]) -> set[str]:
    return {each.id for each in found}


def test_all_that_hang_together_are_known_where_one_is_asked_for(ledger: Ledger) -> None:
    write(ledger, *(Outcome(entry(each.id), certificate=each) for each in (ORIGINAL, COPY_OF_COPY, DRAWING)))
    write(ledger, *(taken(each, "o", "k", "kk", "b", "r") for each in (COPY, NEXT)))
    found = known(ledger, "KEYo")
    assert ids(found.naming("KEYo")) == {"k", "r", "b"}
    assert ids(found.family_of(found.of_key("KEYo"))) == {"o", "k", "kk"}
    assert found.kin(["KEYo"]).ids == {"o", "k", "kk", "r", "b"}
    assert known(ledger, "KEYk").of_key("KEYk") == [replace(COPY, received_at=AT, changed_at=AT)]
    assert ids(known(ledger, "KEYk").family_of(known(ledger, "KEYk").of_key("KEYk"))) == {"o", "k", "kk"}


def test_an_original_that_was_taken_for_alone_is_decided_again_where_its_replacement_is_there(ledger: Ledger) -> None:
    write(ledger, taken(NEXT, keys=("KEYo",)))
    with pytest.raises(Outpaced):
        write(ledger, taken(ORIGINAL))
    assert ids(ledger.standings()) == {"r"}
    write(ledger, taken(ORIGINAL, "r"))
    assert ids(ledger.standings()) == {"r", "o"}


def test_a_replacement_that_knew_no_original_is_decided_again_where_that_is_there(ledger: Ledger) -> None:
    write(ledger, taken(ORIGINAL))
    with pytest.raises(Outpaced):
        write(ledger, taken(NEXT, keys=("KEYo",)))
    write(ledger, taken(NEXT, "o"))


@pytest.mark.parametrize("joins", [COPY, COPY_OF_COPY, DRAWING], ids=lambda each: each.id)
def test_a_word_on_an_original_is_decided_again_where_another_has_joined_it(ledger: Ledger, joins: Standing) -> None:
    write(ledger, taken(ORIGINAL), Outcome(entry("j"), certificate=joins, kin=Kin(("KEYo", "KEYk"), frozenset("o"))))
    change = Change("o", "cancelled", ("issued",), firm=True)
    with pytest.raises(Outpaced):
        write(ledger, Outcome(entry("x"), changes=(change,), kin=Kin(("KEYo",), frozenset("o"))))
    write(ledger, Outcome(entry("x"), changes=(change,), kin=Kin(("KEYo",), frozenset(("o", joins.id)))))


def test_what_has_only_to_stand_like_that_takes_no_step_and_is_decided_again_where_it_does_not(ledger: Ledger) -> None:
    write(ledger, taken(ORIGINAL))
    only = Change("o", "issued", ("issued", "sent"), firm=True, silent=True)
    write(ledger, Outcome(entry("a"), changes=(only,)))
    assert [step.state for step in ledger.history("o")] == ["issued"]
    with pytest.raises(Outpaced):
        write(ledger, Outcome(entry("b"), changes=(replace(only, before=("sent",)),)))


def test_a_step_may_name_an_earlier_delivery_as_its_cause(ledger: Ledger) -> None:
    gone = Change("o", "superseded", ("issued",), cause="earlier")
    write(ledger, replace(taken(ORIGINAL), changes=(gone,)))
    assert [(step.state, step.cause) for step in ledger.history("o")] == [("issued", "d-o"), ("superseded", "earlier")]
    assert ledger.verify().findings == []


def test_of_two_workers_side_by_side_the_one_that_names_the_others_certificate_waits(ledger_url: str) -> None:
    """On PostgreSQL neither would see what the other has not committed."""
    one, two = Ledger.open(ledger_url), Ledger.open(ledger_url)
    engine = open_engine(ledger_url)
    with ThreadPoolExecutor(1) as pool, writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock_shared(20862)")
        values = {name: getattr(ORIGINAL, name) for name in STANDING} | {"received_at": 1, "changed_at": 1}
        connection.execute(CERTIFICATES.insert().values(values))
        waits = pool.submit(write, two, taken(NEXT, keys=("KEYo",)))
        with pytest.raises(TimeoutError):
            waits.result(0.5)
        connection.commit()
        with pytest.raises(Outpaced):
            waits.result(30)
    engine.dispose()
    one.close()
    two.close()


def test_the_look_for_what_was_named_reads_an_index(tmp_path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    with engine.connect() as connection:
        for name in ("original", "earlier", "draws_on"):
            sql = select(CERTIFICATES.c.id).where(among(CERTIFICATES.c[name], "these")).compile(engine)
            first = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", ('["a", "b"]',)).all()[0]
            assert f"USING INDEX certificates_by_{name} " in first[-1]
    engine.dispose()


def test_an_old_ledger_knows_of_its_copies_what_they_stand_for(ledger_url: str) -> None:
    engine = create_engine(ledger_url)
    with writing(engine) as connection:
        take_steps(connection, "0008")
    first = CERTIFICATE | {"issued_on": "2025-03-01"}
    insert(ledger_url, "certificates", first)
    insert(ledger_url, "certificates", first | {"id": "k", "key": "KEYk", "original": "c1", "issued_on": "2025-06-01"})
    insert(ledger_url, "certificates", first | {"id": "s", "version": "true_copy 2025-03-01"})
    insert(ledger_url, "certificates", first | {"id": "r", "version": "replacement 2025-04-01"})
    Ledger.open(ledger_url).close()
    rows = {each["id"]: [each[name] for name in ("form", "earlier", "valid_from")] for each in
            rows_of(ledger_url, "certificates")}  # fmt: skip
    key = CERTIFICATE["key"]
    assert rows == {
        "c1": [None, None, None], "k": ["true_copy", key, "2025-03-01"], "s": ["true_copy", key, None],
        "r": ["replacement", key, None],
    }  # fmt: skip
    engine.dispose()
