"""The file that says how each partner is reached."""

import pytest

from adapter.connections import open_connections


def test_a_partner_that_the_file_does_not_name_has_its_queues(tmp_path):
    assert open_connections(None).of("CN").endpoint.kind == "queue"


def test_paths_lie_beside_the_file_that_names_them(tmp_path):
    file = tmp_path / "connections.toml"
    file.write_text('[partners.CN.endpoint]\nkind = "folder"\nfolder = "out"\n')
    assert open_connections(file).of("CN").endpoint.folder == tmp_path / "out"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('[partners.CN.endpoint]\nkind = "https"\n', "needs url"),
        ('[partners.CN.endpoint]\nkind = "https"\nurl = "http://a"\n', "begins with https://"),
        ('[partners.CN.endpoint]\nfolder = "out"\n', "an endpoint with folder needs a kind: amqp, https or folder"),
        ('[partners.CN.source]\nfolder = "in"\n', "a source with folder needs a kind"),
        ('[partners.CN.endpoint]\nkind = "https"\nurl = "https://a"\nfolder = "b"\n', "of kind https has no folder"),
        ('[partners.CN.endpoint]\nkind = "pigeon"\n', "partners.CN.endpoint.kind"),
        ('[partners.CN]\nsigned = "perhaps"\n', "partners.CN.signed"),
        ("[[signing]]\n", "signing.0.key"),
        ("=", "not TOML: Invalid statement"),
        ("a = " + "[" * 2000, "not TOML that can be read: it is nested too deep"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_place(tmp_path, said, told):
    file = tmp_path / "connections.toml"
    file.write_text(said)
    with pytest.raises(ValueError, match=told):
        open_connections(file)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('[partners.CN.endpoint]\nkind = "pigeon"\n',
         "partners.CN.endpoint.kind: is none of its words; allowed: 'queue', 'amqp', 'https' or 'folder'"),
        ('[partners.CN.endpoint]\nkind = "folder"\nfolder = "a"\ntimeot = 3\n',
         "partners.CN.endpoint.timeot: is no key of this table; allowed: at_once, exchange, folder, kind, per_second, "
         "queue, receipt, timeout, tls, url"),
        ('[partners.CN.endpoint]\nkind = "folder"\nfolder = "a"\ntimeout = 0\n',
         "partners.CN.endpoint.timeout: is out of range; allowed: more than 0"),
        ('[partners.CN.endpoint]\nkind = "folder"\nfolder = "a"\nat_once = 99\n',
         "partners.CN.endpoint.at_once: is out of range; allowed: at most 64"),
        ('[partners.CN]\nsigned = "perhaps"\n', "partners.CN.signed: is not yes or no; allowed: true or false"),
        ('[[signing]]\nkey = "k"\n', "signing.0.certificate: is missing"),
        ('[signing]\nkey = "k"\n', "signing: is no list; allowed: a list: [ ... ], or tables under [[ ... ]]"),
        ('[[signing]]\nkey = "k"\ncertificate = "c"\nsince = 2026-01-01T00:00:00\n',
         "signing.0.since: does not say its time zone; allowed: a moment like 2026-01-31T00:00:00Z"),
        ("partners = 1\n", "partners: is no table; allowed: a table, with keys of its own"),
        ('[desk]\nlisten = "here"\n[desk.tls]\nkey="k"\ncertificate="c"\nauthority="a"\n',
         "desk.listen: does not have the form that it must have; allowed: HOST:PORT"),
        ('[partners.CN.endpoint]\nkind = "amqp"\nurl = "amqp://u:hush@a"\nqueue = ""\n',
         "partners.CN.endpoint.queue: is empty"),
        ('[partners.CN.endpoint]\nkind = "amqp"\nurl = ["amqp://u:hush@a"]\n',
         "partners.CN.endpoint.url: is no text; allowed: text in quotes"),
    ],
)  # fmt: skip
def test_what_is_refused_is_told_in_our_words_with_what_is_allowed(tmp_path, said, told):
    file = tmp_path / "connections.toml"
    file.write_text(said)
    with pytest.raises(ValueError, match="connections") as refusal:
        open_connections(file)
    assert str(refusal.value).split("; partners.")[0] == f"{file}: {told}"


@pytest.mark.parametrize(
    "url", ["u:hush/hush@a/m", "u:hush#hush@a/m", "u:hu[sh@a/m", "u:hush@a:hush", "a b", "/m", ":1/"]
)
def test_a_url_that_is_none_is_refused_without_a_word_of_it(tmp_path, url):
    file = tmp_path / "connections.toml"
    file.write_text(f'[partners.CN.endpoint]\nkind = "https"\nurl = "https://{url}"\n')
    with pytest.raises(ValueError, match="not one like https://HOST") as refusal:
        open_connections(file)
    assert "hu" not in str(refusal.value).removeprefix(str(file))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"connections\.toml: No such file"):
        open_connections(tmp_path / "connections.toml")
