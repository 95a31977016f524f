"""``dvstats`` for tests that call it often: each call is a process of its own, but its imports are made only once.

A server imports the program, then forks for each call; the command on the path hands it arguments, environment, folder
and the three streams through a socket, and ends with its exit status::

    with WarmCommand(folder) as warm:
        subprocess.run(["dvstats", "status"], env={**os.environ, "PATH": f"{warm.folder}:…"})

Run as a script it is the server. Not for tests of how the program starts.
"""

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_CLIENT = """#!{python} -ES
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({path!r})
    call = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode() + b"\\n"
    socket.send_fds(server, [b"!"], [0, 1, 2])
    server.sendall(call)
    sys.exit(int(server.makefile().read() or 70))
"""


class WarmCommand:
    """The server, and the folder in which the command ``dvstats`` is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # The name of a socket may not be long.
        self._socket = Path(f"/tmp/dvstats-{os.getpid()}.socket")

    def __enter__(self) -> "WarmCommand":
        command = self.folder / "dvstats"
        command.write_text(_CLIENT.format(python=sys.executable, path=str(self._socket)), encoding="utf-8")
        command.chmod(0o755)
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.warm_command", str(self._socket)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._server.stdout and self._server.stdout.readline() == "ready\n"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.kill()
        self._server.wait()
        self._socket.unlink(missing_ok=True)


def serve(path: str) -> None:
    """Fork for each call until killed, or until standard input ends."""
    from pipelines.cli.main import main
    from pipelines.declarations import declarations

    # What most commands load; in a child it is there already.
    declarations()
    import pipelines.brief.render
    import pipelines.deliveries.deliver
    import pipelines.published.status
    import pipelines.try_declaration  # noqa: F401 - imported so that it is loaded

    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        print("ready", flush=True)
        while True:
            # Standard input ends with whoever started this, also where that was killed.
            if sys.stdin in select.select([listening, sys.stdin], [], [])[0]:
                Path(path).unlink()
                return
            connection, _ = listening.accept()
            if os.fork():
                connection.close()
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(-1, os.WNOHANG)
                continue
            _answer(connection, main)


def _answer(connection: socket.socket, main: object) -> None:
    """The child: becomes the command that was called, and ends."""
    status = 70
    try:
        _, streams, _, _ = socket.recv_fds(connection, 1, 3)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        arguments, environment, folder = json.loads(connection.makefile().readline())
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        status = main(arguments)
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1 if ended.code else 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        connection.sendall(str(status).encode())
        os._exit(status)


if __name__ == "__main__":
    serve(sys.argv[1])
