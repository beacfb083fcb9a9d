"""Two versions of a message side by side: the day of sending decides which is written, and both are always read."""

import json
import shutil
from datetime import UTC, date, datetime

import pytest
import shelf
from shell import eodes

from adapter import translate
from adapter.catalogue import Catalogue, Unknown
from adapter.delivery import Delivery
from adapter.envelope import address
from adapter.findings import Rejected
from adapter.messages import Kind
from adapter.schema import parse_xml

OURS = shelf.ROOT / "mappings/partners/id"
CHANGE = date(2026, 7, 1)
BEFORE, AFTER = date(2026, 6, 30), CHANGE
VERSION_CODE = "md:AgencyAssignedCustomizationVersionCode"
PERIODS = """
[[versions]]
message = "certificate"
version = "1.0"
agreement = "ik-cepa"
until = {until}
source = "invented"

[[versions]]
message = "certificate"
version = "1.1"
agreement = "ik-cepa"
since = {since}
source = "invented"
"""


CHANGED = PERIODS.format(until=BEFORE, since=CHANGE)


def change_over(home, periods=CHANGED):
    """A partner's folder with a second version of one certificate, told apart by the version in the wrapper."""
    folder = shutil.copytree(OURS, home / "mappings/partners/id")
    base = (OURS / "certificate.toml").read_text(encoding="utf-8")
    constant = f'"/md:MetaData/{VERSION_CODE}" = "1.0"\n'
    assert constant in base
    newer = base.replace(constant, "").replace('version = "1.0"', 'version = "1.1"')
    (folder / "certificate-1.1.toml").write_text(newer, encoding="utf-8")
    child = (OURS / "certificate-ik-cepa.toml").read_text(encoding="utf-8")
    for old, new in (
        ('extends = "certificate"', 'extends = "certificate-1.1"'),
        ('version = "1.0"', 'version = "1.1"'),
        ("md:MetaData[", f"md:MetaData[{VERSION_CODE}='1.1']["),
    ):
        assert old in child
        child = child.replace(old, new, 1)
    (folder / "certificate-ik-cepa-1.1.toml").write_text(child, encoding="utf-8")
    with (folder / "system.toml").open("a", encoding="utf-8") as profile:
        profile.write(periods)
    return Catalogue.open(home=home)


@pytest.fixture
def catalogue(tmp_path):
    return change_over(tmp_path)


@pytest.fixture
def certificate(catalogue):
    record = (shelf.FIXTURES / "kcci/certificate/ik-cepa-1-item.json").read_bytes()
    return translate.read(Delivery(record, "kcci"), catalogue, shelf.facts()).certificate


def sent(catalogue, certificate, day):
    """The message as it goes out on this day, in the sender's own morning."""
    at = datetime.combine(day, datetime.min.time(), UTC).replace(hour=1)
    return translate.forward(certificate, catalogue.system("kcci"), catalogue.system("ID"), catalogue, at=at)


def version_in(message):
    root = parse_xml(message.body)
    return root.findtext("{urn:eodes:datamodel:ID:MetaData:1}AgencyAssignedCustomizationVersionCode")


@pytest.mark.parametrize(("day", "version"), [(BEFORE, "1.0"), (AFTER, "1.1"), (date(2030, 1, 1), "1.1")])
def test_the_day_of_sending_decides_which_version_is_written(catalogue, certificate, day, version):
    assert version_in(sent(catalogue, certificate, day)) == version


def test_both_versions_are_read_whatever_the_day(catalogue, certificate):
    for day in (BEFORE, AFTER):
        message = sent(catalogue, certificate, day)
        reading = translate.read(Delivery(message.body, "ID"), catalogue, shelf.facts())
        assert reading.table.version == version_in(message)
        assert reading.certificate.number == certificate.number


def test_the_day_is_the_senders_own(catalogue, certificate):
    system = catalogue.system("ID")
    at = datetime.fromisoformat("2026-07-01T00:30:00+09:00")  # still June in UTC
    header = address(certificate, catalogue.system("kcci"), system, at)
    assert version_in(translate.write(certificate, system, catalogue, header)) == "1.1"


def test_a_message_whose_versions_are_not_named_is_written_on_any_day(catalogue):
    system = catalogue.system("ID")
    tables = {catalogue.table(system, Kind.FEEDBACK, "akfta", day).name for day in (BEFORE, AFTER, None)}
    assert tables == {"partners/id/feedback.toml"}
    assert catalogue.table(system, Kind.CERTIFICATE, "akfta", AFTER).version == "1.0"


def test_without_a_day_the_newest_version_is_meant(catalogue):
    assert catalogue.table(catalogue.system("ID"), Kind.CERTIFICATE, "ik-cepa").version == "1.1"


def test_where_two_versions_are_sent_on_one_day_the_newer_is(tmp_path, certificate):
    catalogue = change_over(tmp_path / "other", PERIODS.format(until=date(2026, 12, 31), since=CHANGE))
    assert version_in(sent(catalogue, certificate, AFTER)) == "1.1"


def test_on_a_day_without_a_version_nothing_is_sent_and_the_finding_names_the_day(tmp_path, certificate):
    catalogue = change_over(tmp_path / "gap", PERIODS.format(until=BEFORE, since=date(2026, 7, 3)))
    with pytest.raises(Unknown, match="certificate under ik-cepa on 2026-07-01"):
        catalogue.table(catalogue.system("ID"), Kind.CERTIFICATE, "ik-cepa", AFTER)
    with pytest.raises(Rejected) as refused:
        sent(catalogue, certificate, AFTER)
    assert [finding.code for finding in refused.value.findings] == ["MAP-TABLE"]
    assert refused.value.stage == "write"


def test_many_days_are_not_all_remembered(catalogue):
    system = catalogue.system("ID")
    for ordinal in range(CHANGE.toordinal() - 700, CHANGE.toordinal() + 700):
        catalogue.table(system, Kind.CERTIFICATE, "ik-cepa", date.fromordinal(ordinal))
    assert len(catalogue._writing) <= 1_000
    assert catalogue.table(system, Kind.CERTIFICATE, "ik-cepa", BEFORE).version == "1.0"


# What `eodes check` says of it

ROW = '\n[[versions]]\nmessage = "{message}"\nversion = "{version}"\nsource = "invented"\n{more}'


def checked(home):
    result = eodes("check", "ID", "--home", home, "--json")
    tables = {table["table"]: table for table in json.loads(result.stdout)["tables"]}
    return result.exit_code, tables.get("partners/id/system.toml")


def test_a_change_over_without_a_gap_is_valid(tmp_path):
    change_over(tmp_path)
    assert checked(tmp_path) == (0, {"table": "partners/id/system.toml", "verdict": "valid", "findings": []})


def test_a_profile_that_names_no_versions_is_no_line_of_the_check(tmp_path):
    assert checked(tmp_path) == (0, None)


@pytest.mark.parametrize(
    ("periods", "code", "message"),
    [
        (
            PERIODS.format(until=BEFORE, since="2026-07-03"),
            "LINT-GAP",
            "no version of certificate under ik-cepa is sent from 2026-07-01 until 2026-07-03",
        ),
        (ROW.format(message="feedback", version="2.0", more=""), "LINT-VERSION", "feedback 2.0 has no table"),
        (ROW.format(message="letter", version="1.0", more=""), "LINT-VERSION", "letter 1.0 has no table"),
        (
            ROW.format(message="response", version="1.0", more='agreement = "akfta"'),
            "LINT-VERSION",
            "response 1.0 under akfta has no table",
        ),
        (
            ROW.format(message="feedback", version="1.0", more="since = 2026-07-01\nuntil = 2026-06-30"),
            "LINT-VERSION",
            "feedback 1.0 ends before it begins",
        ),
    ],
)
def test_what_is_wrong_with_the_versions_is_found(tmp_path, periods, code, message):
    change_over(tmp_path, periods)
    exit_code, told = checked(tmp_path)
    assert exit_code == 1
    assert (code, message) in [(finding["code"], finding["message"]) for finding in told["findings"]]


def test_a_last_version_that_ends_is_a_warning(tmp_path):
    change_over(tmp_path, ROW.format(message="feedback", version="1.0", more="until = 2027-12-31"))
    exit_code, told = checked(tmp_path)
    assert exit_code == 0
    (finding,) = told["findings"]
    assert (finding["code"], finding["severity"]) == ("LINT-GAP", "warning")
    assert finding["message"] == "no version of feedback is sent from 2028-01-01 on"
    assert eodes("check", "ID", "--home", tmp_path, "--strict").exit_code == 1


def test_two_tables_that_begin_alike_are_found(tmp_path):
    change_over(tmp_path)
    twin = 'system = "ID"\nextends = "feedback"\nversion = "1.1"\n'
    (tmp_path / "mappings/partners/id/feedback-1.1.toml").write_text(twin, encoding="utf-8")
    exit_code, told = checked(tmp_path)
    assert exit_code == 1
    (finding,) = told["findings"]
    assert finding["code"] == "LINT-ALIKE"
    assert (
        finding["message"] == "partners/id/feedback.toml begins like partners/id/feedback-1.1.toml, so it is never read"
    )


# What `eodes partners` says of it


def test_partners_in_json_tell_each_messages_versions_and_their_days(tmp_path):
    change_over(tmp_path)
    systems = json.loads(eodes("partners", "--json", "--home", tmp_path).stdout)["systems"]
    told = {each["table"]: each for each in next(each for each in systems if each["code"] == "ID")["versions"]}
    newer, older = told["partners/id/certificate-ik-cepa-1.1.toml"], told["partners/id/certificate-ik-cepa.toml"]
    assert (newer["version"], newer["periods"]) == (
        "1.1",
        [{"since": "2026-07-01", "until": None, "source": "invented"}],
    )
    assert (older["version"], older["periods"][0]["until"]) == ("1.0", "2026-06-30")
    assert told["partners/id/feedback.toml"]["periods"] == []
    assert told["common/status_query.toml"]["message"] == "status_query"
