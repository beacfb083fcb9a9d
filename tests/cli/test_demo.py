"""`eodes demo` and the simulated systems in it, read aloud."""

import re

import pytest
from shell import SECRETS, eodes

from adapter.calendar import Calendar
from adapter.catalogue import Catalogue
from adapter.delivery import Delivery
from adapter.findings import Verdict
from adapter.rules import Facts
from adapter.translate import read

SENT = re.compile(r"^(\S+(?: \S+)*) {2,}(\S+) +(\S+) +(\S+) +(\S*) +(\d+) +(\S+) +[\d.]+ s$", re.MULTILINE)
"""A line of the table; a number may have a blank within."""


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo")
    return eodes("demo", "--out", out), out


def lines(played):
    return SENT.findall(played[0].stdout)


def sends(system):
    """Whether certificates go to it and come from it by themselves; one of the pull model asks for what it wants."""
    return system.model == "push"


def test_it_ends_well(played):
    assert played[0].exit_code == 0, played[0].stderr


def test_records_of_all_domestic_systems_go_to_all_partners_under_all_their_agreements(played):
    known = Catalogue.open().systems.values()
    partners = {system.code: system.agreements for system in known if system.side == "partner" and sends(system)}
    went = {(sender, receiver, agreement) for _, _, agreement, sender, receiver, *_ in lines(played)}
    assert {sender for sender, *_ in went} >= {system.code for system in known if system.side == "domestic"}
    for code, agreements in partners.items():
        assert {agreement for _, receiver, agreement in went if receiver == code} == set(agreements)


def test_an_original_and_its_true_copy_are_told_apart(played):
    forms = {}
    for number, form, *_, state in lines(played):
        if state != "refused":
            forms.setdefault(number, []).append(form)
    assert ["original", "true_copy"] in forms.values()
    assert all(len(told) == len(set(told)) for told in forms.values())


def test_partners_certificates_come_into_the_importing_system(played):
    known = Catalogue.open().systems
    came = {(sender, receiver) for _, _, _, sender, receiver, *_ in lines(played) if receiver}
    home = next(code for code, system in known.items() if system.importing)
    assert {(code, home) for code, system in known.items() if system.side == "partner" and sends(system)} <= came


def test_a_partner_that_is_not_live_yet_is_played_and_that_is_said(played):
    known = Catalogue.open().systems
    waiting = {code for code, system in known.items() if system.live.status not in ("live", "pilot")}
    assert set(re.findall(r"^(\w+) is \w+, not live yet", played[0].stdout, re.MULTILINE)) == waiting


def test_one_record_is_refused_and_its_finding_shown(played):
    refused = [line for line in played[0].stdout.splitlines() if line.startswith("refused: ")]
    assert [state for *_, state in lines(played)].count("refused") == 1
    assert len(refused) == 1
    assert re.search(r"error [A-Z]+-\d+ ", refused[0])


def test_every_other_certificate_ends_with_its_answer(played):
    assert {state for *_, state in lines(played)} <= {
        "refused", "used", "partly_used", "superseded", "accepted", "kept",
    }  # fmt: skip


def test_what_a_partner_asks_for_is_kept_and_that_is_said(played):
    asking = {code for code, system in Catalogue.open().systems.items() if system.model == "pull"}
    assert {receiver for _, _, _, _, receiver, _, state in lines(played) if state == "kept"} == asking
    assert "kept: waits until its partner asks for it\n" in played[0].stdout


def test_plain_lines_tell_of_progress_where_there_is_no_terminal(played):
    assert "used" in played[0].stderr
    assert "\x1b" not in played[0].stderr


def test_what_partners_received_is_valid(played):
    catalogue = Catalogue.open()
    for path in sorted((played[1] / "partners").rglob("*.xml")):
        reading = read(Delivery(path.read_bytes(), path.parent.name), catalogue, Facts(calendar=Calendar(None)))
        assert reading.verdict is Verdict.VALID, path


def test_domestic_systems_receive_records_acknowledgements_responses_and_feedback(played):
    names = {path.name for path in (played[1] / "domestic").rglob("*")}
    for kind in ("certificate", "acknowledgement", "response", "feedback"):
        assert any(f"-{kind}" in name for name in names), kind


def test_nothing_confidential_leaves(played):
    received = b"".join(path.read_bytes() for path in (played[1] / "partners").rglob("*.xml")).decode()
    told = played[0].stdout + played[0].stderr + received
    assert [secret for secret in SECRETS if secret in told] == []


def test_played_again_it_says_the_same(played, tmp_path):
    assert eodes("demo", "--out", tmp_path).exit_code == 0
    first, again = (
        {path.relative_to(out): path.read_bytes() for path in out.rglob("*.*")} for out in (played[1], tmp_path)
    )
    assert list(first) and first == again


def test_a_place_that_cannot_be_made_is_one_line_and_2():
    result = eodes("demo", "--out", "/dev/null/demo")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
