"""Common tables: one for each message that partners exchange in no form of their own."""

import shutil

import pytest
import shelf

from adapter import translate
from adapter.catalogue import Catalogue
from adapter.delivery import Delivery
from adapter.mapping import begins as begin
from adapter.mapping.path import TableError
from adapter.messages import Kind

PARTNERS = [system for system in shelf.catalogue().systems.values() if system.side == "partner"]
DOMESTIC = [system for system in shelf.catalogue().systems.values() if system.side == "domestic"]
SHARED = (Kind.STATUS_QUERY, Kind.STATUS_REPLY, Kind.EXPORT_LINK, Kind.RECONCILIATION)
OURS = shelf.ROOT / "mappings"
QUERY = (shelf.FIXTURES / "common/status_query/kr-cn-status-asked.xml").read_bytes()


def table_file(home, name, text):
    place = home / "mappings" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")


def partner(home, **files):
    """A partner of one's own that exchanges under an agreement of ours and has these tables."""
    system = (OURS / "partners/cn/system.toml").read_text(encoding="utf-8").replace('code = "CN"', 'code = "XY"')
    table_file(home, "partners/xy/system.toml", system)
    for name, text in files.items():
        table_file(home, f"partners/xy/{name}.toml", text)
    catalogue = Catalogue.open(home=home)
    return catalogue, catalogue.system("XY")


@pytest.mark.parametrize("kind", SHARED)
@pytest.mark.parametrize("system", PARTNERS, ids=lambda system: system.code)
def test_every_partner_has_a_table_for_what_it_has_no_form_of_its_own_for(system, kind):
    assert shelf.catalogue().table(system, kind, system.agreements[0]).message is kind


@pytest.mark.parametrize("system", DOMESTIC, ids=lambda system: system.code)
def test_a_domestic_system_has_tables_of_its_own_only(system):
    assert {table.system for table in shelf.catalogue().tables(system)} == {system.code}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("system", DOMESTIC, ids=lambda system: system.code)
def test_a_domestic_system_has_a_form_of_its_own_for_everything(system, kind):
    assert shelf.catalogue().own(system, kind)


def test_all_partners_share_one_table_and_what_is_compiled_of_it(tmp_path):
    catalogue, system = partner(tmp_path)
    tables = [catalogue.table(each, Kind.STATUS_QUERY, "kr-cn") for each in (system, catalogue.system("CN"))]
    assert len({id(catalogue.compiled(table)) for table in tables}) == 1


def test_a_file_of_the_partners_own_replaces_the_common_one_of_its_name(tmp_path):
    own = 'system = "XY"\nextends = "status_query"\nversion = "1.1"\n'
    catalogue, system = partner(tmp_path, status_query=own)
    assert [table.name for table in catalogue.tables(system, Kind.STATUS_QUERY)] == ["partners/xy/status_query.toml"]
    assert catalogue.table(system, Kind.STATUS_QUERY, "kr-cn").version == "1.1"
    assert [table.name for table in catalogue.tables(catalogue.system("CN"), Kind.STATUS_QUERY)] == [
        "common/status_query.toml"
    ]


def test_a_partner_writes_in_its_own_form_though_there_is_a_common_one_for_the_agreement(tmp_path):
    table_file(tmp_path, "common/feedback-kr-cn.toml", 'agreement = "kr-cn"\nextends = "feedback-any"\n')
    catalogue = Catalogue.open(home=tmp_path)
    assert catalogue.table(catalogue.system("CN"), Kind.FEEDBACK, "kr-cn").name == "partners/cn/feedback.toml"
    assert "common/feedback-kr-cn.toml" in {table.name for table in catalogue.tables(catalogue.system("CN"))}


def test_a_partner_writes_in_the_common_form_what_its_own_cannot_say(tmp_path):
    response = (OURS / "partners/id/response.toml").read_text(encoding="utf-8").replace('"ID"', '"XY"', 1)
    catalogue, system = partner(tmp_path, response=response)
    assert catalogue.table(system, Kind.RESPONSE, "akfta").name == "partners/xy/response.toml"
    assert catalogue.table(system, Kind.RESPONSE, "kr-cn").name == "common/response-any.toml"
    assert catalogue.table(system, Kind.RESPONSE, None).name == "partners/xy/response.toml"


FOLLOWING = [Kind.CANCELLATION, Kind.RESPONSE, Kind.FEEDBACK, *(kind for kind in Kind if "verification" in kind)]


@pytest.mark.parametrize("kind", FOLLOWING)
@pytest.mark.parametrize("code", ["CN", "ID"])
def test_what_follows_a_certificate_in_the_common_form_goes_in_the_partners_own(code, kind):
    system = shelf.catalogue().system(code)
    assert shelf.catalogue().table(system, Kind.CERTIFICATE, "rcep").name == "common/certificate-rcep.toml"
    assert not shelf.catalogue().table(system, kind, "rcep").common


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.CERTIFICATE])
def test_a_partner_without_any_table_of_its_own_writes_everything_but_certificates_in_the_common_form(tmp_path, kind):
    catalogue, system = partner(tmp_path)
    assert catalogue.table(system, kind, "kr-cn").common


def test_a_common_table_of_one_agreement_serves_only_partners_under_it(tmp_path):
    table_file(tmp_path, "common/status_query-akfta.toml", 'agreement = "akfta"\nextends = "status_query"\n')
    catalogue = Catalogue.open(home=tmp_path)
    names = {code: {table.name for table in catalogue.tables(catalogue.system(code))} for code in ("CN", "ID")}
    assert "common/status_query-akfta.toml" in names["ID"] - names["CN"]


def test_a_common_table_that_names_a_system_is_refused(tmp_path):
    common = (OURS / "common/status_query.toml").read_text(encoding="utf-8")
    table_file(tmp_path, "common/status_query.toml", 'system = "CN"\n' + common)
    catalogue = Catalogue.open(home=tmp_path)
    with pytest.raises(TableError, match="common/status_query.toml: system 'CN' is not"):
        catalogue.tables(catalogue.system("CN"))


def test_a_partner_that_writes_json_reads_common_documents_in_xml_too(tmp_path):
    place = shutil.copytree(OURS / "domestic/kcci", tmp_path / "mappings/partners/xy")
    (place / "status_query.toml").unlink()
    for file in place.glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace('"kcci"', '"XY"').replace('"domestic"', '"partner"'), encoding="utf-8")
    system = place / "system.toml"
    system.write_text('agreements = ["kr-cn"]\n' + system.read_text(encoding="utf-8"), encoding="utf-8")
    catalogue = Catalogue.open(home=tmp_path)
    feedback = (shelf.FIXTURES / "kcci/feedback/kr-cn-granted.json").read_bytes()
    for body, kind in ((QUERY, Kind.STATUS_QUERY), (b"\xef\xbb\xbf\n" + feedback, Kind.FEEDBACK)):
        reading = translate.read(Delivery(body, "XY"), catalogue, shelf.facts())
        assert reading.table is not None and reading.table.message is kind, reading.findings
        assert reading.verdict == "valid", reading.findings


def test_no_partners_own_document_begins_like_a_common_one():
    common = [table for table in shelf.tables().values() if table.common]
    assert common
    for fixture in shelf.documents():
        if fixture.path.suffix == ".xml":
            root = shelf.parse(fixture.table, fixture.body)
            begun = [table.name for table in common if begin.begins(table, root)]
            assert begun == [fixture.table.name] * fixture.table.common


def test_a_query_carries_the_reference_code_and_no_finding_repeats_it():
    reading = translate.read(Delivery(QUERY, "CN"), shelf.catalogue(), shelf.facts())
    assert reading.content.reference_code == "4821-7730"
    broken = QUERY.replace(b"4821-7730", b"4821-7730" * 9)
    (finding,) = translate.read(Delivery(broken, "CN"), shelf.catalogue(), shelf.facts()).findings
    assert (finding.field, finding.found) == ("reference_code", None)
