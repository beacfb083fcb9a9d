"""Signatures at the command line: keys and certificates are named in one file, and what is wrong with it is said."""

import json

import keys
import pytest
from shell import FIXTURES, eodes, relaying, said, wait_until

RECORD = FIXTURES / "kcci/certificate/ik-cepa-1-item.json"
THEIRS = FIXTURES / "id/certificate/ik-cepa-import-3-items.xml"
ON = ("--on", "2025-12-15")
LAST = keys.AT + 100 * keys.YEAR
"""What is mapped is signed as of now, whenever the test runs."""
FROM_HOME = ("--from", "kcci", "--to", "ID")


@pytest.fixture
def folder(tmp_path):
    """A folder with keys and certificates of both sides."""
    for name in ("us", "partner"):
        (tmp_path / f"{name}.key").write_bytes(keys.key_pem(name))
        (tmp_path / f"{name}.key").chmod(0o600)
        (tmp_path / f"{name}.pem").write_bytes(keys.certificate_pem(name, until=LAST))
    return tmp_path


def named(folder, ours="us", pinned="partner", signed="true", code="ID"):
    """A connections.toml; the name of the file."""
    text = f"[partners.{code}]\nsigned = {signed}\n"
    text += f'[[signing]]\nkey = "{ours}.key"\ncertificate = "{ours}.pem"\n' if ours else ""
    text += f'[[partners.{code}.pinned]]\ncertificate = "{pinned}.pem"\n' if pinned else ""
    file = folder / f"{ours}-{pinned}.toml"
    file.write_text(text)
    return str(file)


def mapped(folder, *more):
    return eodes("map", RECORD, *FROM_HOME, *ON, *more)


def test_without_the_file_nothing_is_signed(folder):
    assert "Signature" not in mapped(folder).stdout


def test_a_document_is_signed_when_the_file_is_named_and_verified_by_the_other_side(folder):
    result = mapped(folder, "--connections", named(folder))
    assert result.exit_code == 0, result.stderr
    assert result.stdout.count("<ds:Signature ") == 1
    (folder / "sent.xml").write_text(result.stdout)
    theirs = named(folder, "partner", "us")
    check = ("validate", folder / "sent.xml", "--partner", "ID")
    assert eodes(*check, "--connections", theirs).exit_code == 0
    (folder / "sent.xml").write_text(result.stdout.replace("ID>", "ID> ", 1))
    assert codes(*check, "--connections", theirs) == ["SIG-11"]
    assert eodes(*check).exit_code == 0


def codes(*words):
    (file,) = said(*words)["files"]
    return [finding["code"] for finding in file["findings"]]


def test_the_environment_names_the_file_too(folder, monkeypatch):
    monkeypatch.setenv("EODES_CONNECTIONS", named(folder))
    assert "Signature" in mapped(folder).stdout


def test_an_unsigned_document_is_invalid_one_that_cannot_be_checked_undecided(folder):
    check = ("validate", THEIRS, "--partner", "ID", "--connections")
    assert (eodes(*check, named(folder)).exit_code, codes(*check, named(folder))) == (1, ["SIG-01"])
    signed = mapped(folder, "--connections", named(folder)).stdout
    (folder / "sent.xml").write_text(signed)
    check = ("validate", folder / "sent.xml", "--partner", "ID", "--connections")
    unpinned = named(folder, "us", None)
    assert (eodes(*check, unpinned).exit_code, codes(*check, unpinned)) == (3, ["SIG-10"])


def test_a_document_is_judged_as_on_the_day_that_is_said(folder):
    (folder / "sent.xml").write_text(mapped(folder, "--connections", named(folder)).stdout)
    check = ("validate", folder / "sent.xml", "--partner", "ID", "--connections", named(folder, "partner", "us"))
    assert eodes(*check, "--on", "2026-01-15").exit_code == 0
    assert codes(*check, "--on", "2024-01-15") == ["SIG-09"]


WRONG = {
    "a key that is not there": (lambda folder: named(folder, "nobody"), "nobody.key: No such file"),
    "a certificate that is not there": (lambda folder: named(folder, pinned="nobody"), "nobody.pem: No such file"),
    "a key that is a certificate": (lambda folder: swap(folder, "us.key", "us.pem"), "no private key in PEM"),
    "a certificate that is a key": (lambda folder: swap(folder, "partner.pem", "us.key"), "none in PEM"),
    "another's certificate": (lambda folder: swap(folder, "us.pem", "partner.pem"), "not that of the certificate"),
    "an encrypted key": (lambda folder: put(folder, "us.key", keys.key_pem("us", password=b"x")), "is encrypted"),
    "a short key": (lambda folder: put(folder, "partner.pem", keys.certificate_pem("s", "1024")), "RSA of 2048 bits"),
    "another curve": (lambda folder: put(folder, "partner.pem", keys.certificate_pem("c", "P-384")), "P-256"),
    "a time that never is": (lambda folder: never(folder), "never in use"),
    "no key where messages are signed": (lambda folder: named(folder, None), "no key is named under [[signing]]"),
    "a system of JSON": (lambda folder: profiled(folder), "JSON"),
    "nobody's code": (lambda folder: named(folder, code="XX"), "no partner XX"),
    "no TOML": (lambda folder: put(folder, "us-partner.toml", b"="), "us-partner.toml"),
    "a file that is not there": (lambda folder: str(folder / "none.toml"), "none.toml: No such file"),
}


def swap(folder, name, other):
    return put(folder, name, (folder / other).read_bytes())


def put(folder, name, data):
    (folder / name).write_bytes(data)
    return named(folder) if not name.endswith(".toml") else str(folder / name)


def never(folder):
    file = named(folder)
    with open(file, "a") as more:
        more.write("until = 2001-01-01T00:00:00Z\n")
    return file


def profiled(folder):
    """A domestic system of JSON whose profile asks for signatures."""
    text = (FIXTURES.parent / "mappings/domestic/kcci/system.toml").read_text()
    place = folder / "home/mappings/domestic/kcci/system.toml"
    place.parent.mkdir(parents=True)
    lines = text.splitlines()
    head = next(number for number, line in enumerate(lines) if line.startswith("["))
    place.write_text("\n".join([*lines[:head], "signed = true", *lines[head:]]))
    return named(folder)


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_the_file_or_what_it_names_is_said_in_one_line(name, folder):
    make, told = WRONG[name]
    file = make(folder)
    home = ("--home", folder / "home") if (folder / "home").exists() else ()
    for command in (("map", RECORD, *FROM_HOME, *ON), ("relay",)):
        result = eodes(*command, "--connections", file, *home)
        errors = [line for line in result.stderr.splitlines() if line.startswith("error")]
        assert (result.exit_code, len(errors)) == (2, 1), result.stderr
        assert told in errors[0]
        assert "PRIVATE" not in result.stderr


def test_a_key_that_others_may_read_is_told_and_used_all_the_same(folder, tmp_path):
    (folder / "us.key").chmod(0o644)
    log = tmp_path / "log"
    with relaying(log, "--connections", named(folder)) as running:
        wait_until(lambda: b"relaying" in log.read_bytes(), running)
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    (line,) = [each for each in lines if "keys" in each["event"]]
    assert line["files"] == [str(folder / "us.key")]
    assert str(folder / "us.key") in line["advice"]
