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
        ("=", "Invalid"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_place(tmp_path, said, told):
    file = tmp_path / "connections.toml"
    file.write_text(said)
    with pytest.raises(ValueError, match=told):
        open_connections(file)


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
