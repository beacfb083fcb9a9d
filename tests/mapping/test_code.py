"""Compiled code is kept between runs, and never trusted for being there."""

import marshal
import os

import pytest

from adapter.mapping import code
from adapter.mapping.source import Source

FILE = "<table partners/xx/cancellation.toml read>"
TEXT = "def read():\n    return 'as the table says'\n"
EVIL = compile("def read():\n    return 'something else'\n", FILE, "exec")


def run(found):
    space = {}
    exec(found, space)
    return space["read"]()


@pytest.fixture
def kept(tmp_path):
    """The one file that a first run leaves behind."""
    assert run(code.code_of(TEXT, FILE, tmp_path)) == "as the table says"
    (place,) = tmp_path.iterdir()
    return place


@pytest.fixture
def counted(monkeypatch):
    """What is compiled, from now on."""
    made = []
    monkeypatch.setattr(code, "compile", lambda *said: made.append(said) or compile(*said), raising=False)
    return made


def test_a_second_run_does_not_compile_again(kept, counted):
    assert run(code.code_of(TEXT, FILE, kept.parent)) == "as the table says"
    assert counted == []


def test_another_source_is_compiled_and_takes_the_place_of_the_old(kept, counted):
    assert run(code.code_of(TEXT.replace("says", "said"), FILE, kept.parent)) == "as the table said"
    assert len(counted) == 1
    assert list(kept.parent.iterdir()) == [kept]


def test_another_interpreter_compiles_for_itself(kept, counted, monkeypatch):
    monkeypatch.setattr(code, "MAGIC_NUMBER", b"another")
    assert run(code.code_of(TEXT, FILE, kept.parent)) == "as the table says"
    assert len(counted) == 1


@pytest.mark.parametrize("place", [0, 30, 60, -1])
def test_a_damaged_file_is_compiled_again_and_mended(kept, counted, place):
    data = bytearray(kept.read_bytes())
    data[place] ^= 1
    kept.write_bytes(data)
    for _ in range(2):
        assert run(code.code_of(TEXT, FILE, kept.parent)) == "as the table says"
    assert len(counted) == 1


@pytest.mark.parametrize("length", [0, 1, 40, 81, 82, 100])
def test_a_file_cut_off_is_compiled_again(kept, counted, length):
    kept.write_bytes(kept.read_bytes()[:length])
    assert run(code.code_of(TEXT, FILE, kept.parent)) == "as the table says"
    assert len(counted) == 1


def forge(place):
    """Puts other code there, its checksum as it should be."""
    source = place.read_bytes().split(b" ")[0]
    evil = marshal.dumps(EVIL)
    place.write_bytes(source + b" " + code.checksum(evil).encode() + b"\n" + evil)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_code_that_others_may_write_is_not_run(kept, mode):
    forge(kept)
    kept.chmod(mode)
    assert run(code.code_of(TEXT, FILE, kept.parent)) == "as the table says"


def test_code_that_belongs_to_another_user_is_not_run(kept, monkeypatch):
    forge(kept)
    user = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert run(code.code_of(TEXT, FILE, kept.parent)) == "as the table says"


def test_what_is_kept_is_for_this_user_alone(kept):
    assert kept.stat().st_mode & 0o077 == 0


def test_where_nothing_can_be_written_it_is_compiled_every_time(tmp_path, counted):
    (tmp_path / "file").write_text("x")
    for _ in range(2):
        assert run(code.code_of(TEXT, FILE, tmp_path / "file" / "cache")) == "as the table says"
    assert len(counted) == 2


def test_without_a_folder_nothing_is_kept(counted):
    assert run(code.code_of(TEXT, FILE, None)) == "as the table says"
    assert len(counted) == 1


def test_a_traceback_out_of_kept_code_shows_its_source(tmp_path):
    for _ in range(2):
        source = Source("partners/xx/cancellation.toml read")
        source.add("def read(): raise ValueError  # number")
        function = source.compile("read", tmp_path)
    with pytest.raises(ValueError) as caught:
        function()
    assert "# number" in str(caught.traceback[-1].statement)
