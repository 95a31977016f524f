"""The runbook's first deployment, typed line by line: from a clone to a live refresh and services that answer.

The commands are those of docs/operations.md. They run as root on a machine of their own: ``/etc``, ``/opt``, ``/root``
and ``/srv`` are layers that vanish with the test. Only what a test cannot have is stood in for: packages are those of
this environment and are not downloaded, publishers are a mirror, and ``systemctl`` starts what the unit files say
without systemd (``ProtectSystem`` and its like are not tried). ``make test-days``.
"""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.days.office import ask, until
from tests.fixtures.mirror import Mirror
from tests.servers import Receiver, free_port

pytestmark = pytest.mark.days

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("### First deployment\n")[2].partition("\n### ")[0]
BEFORE, AFTER = re.findall(
    r"^```sh\n(.*?)^```$", SECTION.partition("Whether it is in place")[0], re.MULTILINE | re.DOTALL
)
VICTIMS = "sdg-kyrgyzstan.github.io/open-sdg-data-starter/ky/data/5-2-1-3.csv"

# A machine of its own, within a mount namespace.
MACHINE = """
set -eu
mount -t tmpfs none {layers}
for folder in /etc /opt /srv /root; do
  mkdir -p {layers}$folder/upper {layers}$folder/work
  mount -t overlay -o lowerdir=$folder,upperdir={layers}$folder/upper,workdir={layers}$folder/work none $folder
done
rm -rf /opt/dvstats /srv/dvstats
# The interpreter of this environment may be root's own.
chmod o+x /root
mkdir -p {layers}/venv/upper {layers}/venv/work /etc/systemd/system
export PATH={bin}:$PATH
"""
# Between `git clone` and `make run`: the packages of this environment in a layer of its own, as if they were installed.
PACKAGES = """
mkdir /opt/dvstats/.venv
mount -t overlay -o lowerdir={prefix},upperdir={layers}/venv/upper,workdir={layers}/venv/work none /opt/dvstats/.venv
touch /opt/dvstats/.venv/.dev
"""
# What the text says in words between the two blocks.
WRITTEN = """
cat > /srv/dvstats/data/operations.yaml <<'END'
channels: {{hook: {{kind: webhook, address: '{hook}'}}}}
alerts: {{receivers: {{analyst: {{channel: hook}}}}, disk_free_below: 0.001}}
END
echo DVSTATS_MIRROR={mirror} >> /etc/dvstats.env
"""
# The processes end with their namespace, and the namespace with this script.
STAY = """
touch {seen}/started
exec sleep infinity
"""
DAEMONS = "{ instance { daemonHealth { allDaemonStatuses { daemonType required healthy } } } }"
SYSTEMCTL = '''#!{python}
"""systemctl enable --now UNIT…: starts what a unit says, as its user, in its folder, with its environment."""
import os, pwd, shlex, subprocess, sys
from pathlib import Path

assert sys.argv[1:3] == ["enable", "--now"], sys.argv
for name in sys.argv[3:]:
    unit = Path("/etc/systemd/system", name + ".service")
    service = [line.partition("=")[::2] for line in unit.read_text().splitlines() if "=" in line]
    of = dict(service)
    user = pwd.getpwnam(of["User"])
    environment = dict(PATH="/usr/bin:/bin", HOME=user.pw_dir, USER=user.pw_name)
    environment.update(pair.split("=", 1) for key, value in service if key == "Environment" for pair in value.split())
    lines = Path(of["EnvironmentFile"]).read_text().splitlines()
    environment.update(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    command = shlex.split(of["ExecStart"].replace("-p 3000", "-p {port}"))
    subprocess.Popen(command, cwd=of["WorkingDirectory"], env=environment, user=user.pw_uid, group=user.pw_gid,
        extra_groups=[], stdout=unit.with_suffix(".log").open("wb"), stderr=subprocess.STDOUT)
'''


def may_make_machines(folder: Path) -> bool:
    """Whether this is root with mount namespaces and layered file systems."""
    script = f"mount -t tmpfs none {folder} && mkdir {folder}/u {folder}/w && mount -t overlay -o " + (
        f"lowerdir=/srv,upperdir={folder}/u,workdir={folder}/w none /srv"
    )
    try:
        done = subprocess.run(["unshare", "--mount", "sh", "-c", script], capture_output=True, check=False)
    except OSError:
        return False
    return os.geteuid() == 0 and done.returncode == 0


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with Mirror() as running:
        running.content = {VICTIMS: b"Year,SEX,AGE,EDUCATION_LEV,COMPOSITE_BREAKDOWN,Value\n2021,,,,,100\n"}
        yield running


def test_the_first_deployment_by_the_text_alone(tmp_path: Path, mirror: Mirror) -> None:
    layers, seen, bin_ = (tmp_path / name for name in ("layers", "seen", "bin"))
    for folder in (layers, seen, bin_):
        folder.mkdir()
    if not may_make_machines(layers):
        pytest.skip("this needs root, mount namespaces and overlayfs")
    port = free_port()
    systemctl = bin_ / "systemctl"
    systemctl.write_text(SYSTEMCTL.format(python=sys.executable, port=port), encoding="utf-8")
    systemctl.chmod(0o755)
    clone, rest = BEFORE.split("cd /opt/dvstats\n")
    with Receiver() as hook:
        given = {
            "layers": layers,
            "seen": seen,
            "bin": bin_,
            "prefix": sys.prefix,
            "hook": hook.address,
            "mirror": mirror.address,
        }
        script = "".join(
            [
                MACHINE.format(**given),
                clone.replace("REPOSITORY", str(ROOT)),
                PACKAGES.format(**given),
                f"cd /opt/dvstats\n{rest}",
                WRITTEN.format(**given),
                # Exit status 3: most publishers are not behind this mirror.
                AFTER.replace("refresh --live\n", "refresh --live || [ $? -eq 3 ]\n"),
                STAY.format(**given),
            ]
        )
        with machine(script, seen / "log") as process:

            def started() -> bool:
                assert process.poll() is None, (seen / "log").read_text(encoding="utf-8")[-3000:]
                return (seen / "started").exists()

            until(started, "the last command of the text is done", 1500)
            assert [body["cause"] for body in hook.bodies] == ["test"], "alerts --test"
            assert VICTIMS in {address for address, *_ in mirror.asked}, "the first live refresh asked"
            until(lambda: healthy(port), "the pages say that every daemon is healthy", 300)
    log = (seen / "log").read_text(encoding="utf-8")
    assert log.count("Published release") == 2, "of the bundled files, then of what came"


def healthy(port: int) -> bool:
    try:
        found = ask(port, DAEMONS)["instance"]["daemonHealth"]["allDaemonStatuses"]
    except OSError:
        return False
    return bool(found) and all(one["healthy"] for one in found if one["required"])


@contextlib.contextmanager
def machine(script: str, log: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """A process that runs a script in namespaces of its own, until the end of the block."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DVSTATS_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-xc", script],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
