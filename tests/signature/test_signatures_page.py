"""docs/signatures.md says what is so: its files and commands, run in order as they stand."""

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import shelf
from install_servers import ensure_servers
from processes import unset

from adapter import signature

PAGE = (shelf.ROOT / "docs" / "signatures.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(sh|toml)\n(.*?)```", PAGE, re.DOTALL)


def environment(home):
    scripts = Path(sys.executable).parent
    path = f"{scripts}{os.pathsep}{os.environ['PATH']}"
    return {**unset(), "PATH": path, "HOME": str(home)}


def test_its_files_and_commands_do_what_it_says(tmp_path):
    ensure_servers()
    (tmp_path / "fixtures").symlink_to(shelf.FIXTURES)
    ran = 0
    for language, block in BLOCKS:
        if language == "toml":
            name = block.partition("\n")[0].removeprefix("# ")
            # The page's days pass; the certificates of this test are made today.
            (tmp_path / name).write_text(block.replace("= 2027-", f"= {date.today().year + 1}-"), encoding="utf-8")
            continue
        for line in block.splitlines():
            command, _, remark = line.partition("  # ")
            wanted = int(found[1]) if (found := re.search(r"exit (\d)", remark)) else 0
            ended = subprocess.run(
                command,
                shell=True,
                cwd=tmp_path,
                env=environment(tmp_path),
                capture_output=True,
                text=True,
                timeout=120,
            )
            assert ended.returncode == wanted, (command, ended.stderr)
            for code in re.findall(r"SIG-\d\d", remark):
                assert code in ended.stderr, (command, ended.stderr)
            ran += 1
    assert ran > 10
    for key in (tmp_path / "keys").glob("*.key"):
        assert key.stat().st_mode & 0o077 == 0


def test_it_names_every_algorithm_and_code_that_there_is():
    source = Path(signature.__file__).read_text(encoding="utf-8")
    codes = sorted(set(re.findall(r"SIG-\d\d", source)))
    told = set(re.findall(r"SIG-\d\d", PAGE)) | {f"SIG-{number:02}" for number in range(2, 7)}
    assert sorted(told) == codes
    assert signature.EXCLUSIVE in PAGE
    assert all(f"SHA-{bits}" in PAGE for bits in signature.BITS)
