"""The installed unit: clean for systemd-analyze, and exposed to little."""

import re
import subprocess

import pytest
from support.daemon import BUILD, MONCTL, MOND, run

EXPOSURE_TENTHS_MAX = 15  # of systemd-analyze security: 1.5


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", folder], check=True,
                   capture_output=True)
    return folder


@pytest.fixture(scope="module")
def unit(installed):
    """With the program where it is, since what is verified includes that ExecStart= exists."""
    (path,) = installed.rglob("mond.service")
    text = re.sub(r"^ExecStart=\S+", f"ExecStart={MOND}", path.read_text(), flags=re.M)
    path = installed / "mond.service"
    path.write_text(text)
    return path


def test_verify_is_clean(unit):
    result = run(["systemd-analyze", "verify", "--man=no", unit])
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_the_units_of_commands_verify(installed):
    """A folder of their own: what is verified is looked for beside the file first."""
    folder = installed / "exec"
    folder.mkdir()
    for name in ("mond-exec.socket", "mond-exec@.service"):
        (path,) = (p for p in installed.rglob(name) if p.parent != folder)
        text = re.sub(r"^ExecStart=\S+", f"ExecStart={MOND.with_name('mond-exec')}", path.read_text(), flags=re.M)
        (folder / name).write_text(text)
    result = run(["systemd-analyze", "verify", "--man=no", folder / "mond-exec.socket", folder / "mond-exec@.service"])
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    (service,) = (p for p in installed.rglob("mond-exec@.service") if p.parent != folder)
    program = re.search(r"^ExecStart=(\S+)", service.read_text(), re.M).group(1)
    assert (installed / program.lstrip("/")).exists()


def test_exposure(unit):
    result = run(["systemd-analyze", "security", "--offline=yes", "--no-pager", f"--threshold={EXPOSURE_TENTHS_MAX}",
                  unit])
    assert result.returncode == 0, result.stdout
    print(result.stdout.strip().splitlines()[-1])


def test_the_programs_are_where_the_unit_says(installed):
    (path,) = (p for p in installed.rglob("mond.service") if p.parent != installed)
    program = re.search(r"^ExecStart=(\S+)", path.read_text(), re.M).group(1)
    assert (installed / program.lstrip("/")).exists()
    assert (installed / program.lstrip("/")).with_name("monctl").exists()


def test_user_and_configuration(installed):
    """sysusers makes the user and the group; tmpfiles brings the first configuration and keeps a changed one."""
    root = installed / "root"
    for folder in ("etc", "var/lib"):
        (root / folder).mkdir(parents=True)
    (sysusers,) = installed.rglob("sysusers.d/mond.conf")
    (tmpfiles,) = installed.rglob("tmpfiles.d/mond.conf")
    result = run(["systemd-sysusers", f"--root={root}", sysusers])
    assert result.returncode == 0, result.stderr
    assert re.search(r"^mond:", (root / "etc/passwd").read_text(), re.M)
    assert re.search(r"^mond-exec:", (root / "etc/passwd").read_text(), re.M)
    assert re.search(r"^mond:", (root / "etc/group").read_text(), re.M)
    source = re.search(r"(\S+/mond\.yaml)$", tmpfiles.read_text(), re.M).group(1)
    assert (installed / source.lstrip("/")).exists(), "the configuration that tmpfiles copies is installed"


@pytest.mark.parametrize("program", [MOND, MONCTL, MOND.with_name("mond-exec")],
                         ids=["mond", "monctl", "mond-exec"])
def test_the_binary_is_hardened(program):
    elf = run(["readelf", "--wide", "--file-header", "--program-headers", "--dynamic", "--dyn-syms", program]).stdout
    assert re.search(r"Type:\s+DYN", elf), "position independent"
    assert "GNU_RELRO" in elf and re.search(r"FLAGS.*BIND_NOW|FLAGS_1.*NOW", elf), "bound at start"
    assert re.search(r"GNU_STACK.* RW ", elf), "no code on the stack"
    assert "__stack_chk_fail" in elf, "stack protector"
