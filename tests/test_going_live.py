"""A partner that a treaty enables is complete and sent nothing; one line of its profile makes it live."""

from datetime import date

import pytest
import shelf

from adapter.catalogue import Catalogue
from adapter.relay.exchange import Exchange
from adapter.relay.route import partners_under

SINCE = date(2027, 1, 1)
PROFILE = "mappings/partners/kh/system.toml"


def sent_to(catalogue, day):
    """The partners that certificates under the Korea-Cambodia FTA go to on this day."""
    return [system.code for system in partners_under("ckfta", Exchange(catalogue), day)]


@pytest.fixture
def home(tmp_path):
    """A folder of one's own that changes one line of the profile."""
    lines = (shelf.ROOT / PROFILE).read_text(encoding="utf-8").splitlines()
    status = [number for number, line in enumerate(lines) if line.startswith("live = ")]
    assert len(status) == 1
    lines[status[0]] = f'live = {{ status = "live", since = {SINCE}, source = "a test" }}'
    place = tmp_path / PROFILE
    place.parent.mkdir(parents=True)
    place.write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def test_an_enabled_partner_is_sent_nothing():
    assert shelf.catalogue().system("KH").live.status == "enabled"
    assert sent_to(shelf.catalogue(), SINCE) == []


def test_one_line_makes_it_live_from_that_day_on(home):
    catalogue = Catalogue.open(home=home)
    assert sent_to(catalogue, date(2026, 12, 31)) == []
    assert sent_to(catalogue, SINCE) == ["KH"]


def test_all_its_tables_are_proved_before_that_day():
    proofs = list(shelf.catalogue().proofs(shelf.catalogue().system("KH")))
    assert proofs and all(finding.severity != "error" for proof in proofs for finding in proof.findings)
