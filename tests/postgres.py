"""A real PostgreSQL server for the tests: made when a test first asks for it, gone when the tests are.

One server serves all the processes of a test run; each test has a schema of its own in it. PostgreSQL refuses
to run as root, so root runs it as the user that came with the package.

    python -m tests.postgres FOLDER PID     keeps a server in FOLDER for as long as the process PID lives
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

import psycopg
from filelock import FileLock

ROOT = Path(__file__).parent.parent
START_SECONDS = 60


class Server:
    """A server in a folder, reached by its socket there, with settings beside those that tests need."""

    def __init__(self, folder: Path, settings: Mapping[str, str] = MappingProxyType({})) -> None:
        self.folder = folder
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, schema: str = "public") -> str:
        options = quote(f"-csearch_path={schema}", safe="")
        return f"postgresql://incidex@/postgres?host={quote(str(self.folder), safe='')}&options={options}"

    def make(self) -> None:
        """Make the cluster: trusting whoever may reach its folder, with durability as by default."""
        self.folder.mkdir(exist_ok=True)
        if user := unprivileged():
            owner = pwd.getpwnam(user)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        command = [program("initdb"), "-D", str(self.data), "-U", "incidex", "-A", "trust", "--no-sync"]
        # LC_ALL names no language, so that the server's sentences are the same everywhere.
        made = self._run([*command, "-E", "UTF8", "--locale=C"])
        _, error = made.communicate(timeout=START_SECONDS)
        if made.returncode:
            raise RuntimeError(f"initdb failed: {error.decode()}")

    def start(self) -> None:
        """Start, or start again after a kill, and wait until it answers."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "max_connections": "60",
            "shared_buffers": "32MB",
            "logging_collector": "off",
            **self._settings,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "server.log").open("ab") as log:
            self._process = self._run([program("postgres"), "-D", str(self.data), *options], log=log.fileno())
        give_up_at = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
            except psycopg.OperationalError as error:
                if time.monotonic() > give_up_at or self._process.poll() is not None:
                    said = (self.folder / "server.log").read_text()[-2000:]
                    raise RuntimeError(f"PostgreSQL did not start: {error}\n{said}") from error
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """Kill the server and every process of it at once, as a crash would."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=START_SECONDS)

    def halt(self) -> None:
        """Stop in good order; the folder can be started again."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=START_SECONDS)

    def stop(self) -> None:
        """Stop at once and delete the folder."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(timeout=START_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def _run(self, command: list[str], log: int = subprocess.PIPE) -> subprocess.Popen[bytes]:
        user = unprivileged()
        return subprocess.Popen(
            command,
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            start_new_session=True,
        )


def unprivileged() -> str | None:
    """Return whom root runs the server as; `None` for anyone else, who runs it as themselves."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def program(name: str) -> str:
    """Return where one of PostgreSQL's programs is; Debian keeps them apart from the others."""
    versions = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = max(versions, key=lambda path: int(path.parts[-3]), default=None)
    found = str(newest) if newest else shutil.which(name)
    if found is None:
        raise RuntimeError(f"{name} is not here; scripts/postgres says how to get PostgreSQL")
    return found


def find_server(folder: Path, keeper_of: int) -> Server:
    """Return the server of a test run, started by whichever process of it asks first.

    `folder` is one that all processes of the run share, `keeper_of` the process whose end is the run's.
    """
    noted = folder / "postgres.txt"
    with FileLock(folder / "postgres.lock"):
        if not noted.exists():
            # Sockets have short paths, and the server's user may not look into the folders of the tests.
            place = Path(tempfile.mkdtemp(prefix="incidex-postgres-"))
            keeper = subprocess.Popen(
                [sys.executable, "-m", "tests.postgres", str(place), str(keeper_of)],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
            assert keeper.stdout is not None
            if keeper.stdout.readline() != b"ready\n":
                raise RuntimeError("PostgreSQL could not be started; its reason is above")
            keeper.stdout.close()
            keeper.returncode = 0  # it outlives this process, which need not wait for it
            noted.write_text(str(place))
    return Server(Path(noted.read_text()))


@contextlib.contextmanager
def new_schema(server: Server, name: str) -> Iterator[str]:
    """Lend the address of an empty schema."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}".encode())
        yield server.url(name)
        connection.execute(f"DROP SCHEMA {name} CASCADE".encode())


def keep(folder: Path, process: int) -> None:
    """Keep a server for as long as a process lives."""
    server = Server(folder)
    try:
        server.make()
        server.start()
        print("ready", flush=True)
        while True:
            os.kill(process, 0)
            time.sleep(0.5)
    except ProcessLookupError:
        pass
    finally:
        server.stop()


if __name__ == "__main__":
    keep(Path(sys.argv[1]), int(sys.argv[2]))
