"""Neo4j Community from its jars, on this machine's Java or the one of a wheel."""

import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

from neo4j import GraphDatabase
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from domain.errors import LocalServiceError
from web.local import files, java, processes
from web.local.home import StoreHome, closed
from web.local.jars import JarFolder
from web.local.java import VECTOR_MODULE, Java
from web.local.processes import ProcessCommand
from web.local.progress import Report, StartProgress, ignore_progress
from web.local.tcp_ports import LOOPBACK

USER = "neo4j"
PATIENCE_S = 10.0
# The asking again is ours; the driver's own would go on for half a minute.
ASK_ONCE = {
    "connection_timeout": 2,
    "connection_acquisition_timeout": 5,
    "max_transaction_retry_time": 0,
}
SERVER = "org.neo4j.server.Neo4jCommunity"
ADMIN = "org.neo4j.cli.AdminTool"
SETTINGS = """\
server.default_listen_address={host}
server.bolt.enabled=true
server.bolt.listen_address={host}:{port}
server.bolt.advertised_address={host}:{port}
# The jars bring no browser page, and every client speaks Bolt.
server.http.enabled=false
server.https.enabled=false
server.memory.pagecache.size={page_cache_mb}m
dbms.memory.transaction.total.max={transactions_mb}m
db.query.default_language=CYPHER_25
dbms.usage_report.enabled=false
# Cypher reads no file of this machine and calls no address: `LOAD CSV` has nothing to read.
dbms.security.allow_csv_import_from_file_urls=false
internal.dbms.cypher_ip_blocklist=0.0.0.0/0,::/0
dbms.fleet_manager.enabled=false
# The default reserves 256 MiB of disk before the first write.
db.tx_log.preallocate=false
db.tx_log.rotation.size=25m
db.transaction.timeout=120s
db.lock.acquisition.timeout=10s
# A search walks one graph a segment of the vector index; by default there may be fifty of a size.
internal.dbms.index.vector.standard_merge_factor=4
# Our calls end by their own clocks; keeping alive costs the driver a task for each piece it reads.
server.bolt.connection_keep_alive_for_requests=OFF
# By default a stop sits out two rounds of five seconds after everything is written and closed.
internal.server.bolt.thread_pool_shutdown_wait_time=500ms
"""
# Data that come and go change what plans rest on; for minutes the first plan is good enough.
PLAN_ONCE = "dbms.cypher.min_replan_interval=1h\n"
READ_ONLY = "server.databases.default_to_read_only=true\n"
LONG_LIVED_HEAP = ("-XX:+UseG1GC",)
# Nothing beside the work: half of a small heap is for what lives no longer than an answer.
SHORT_LIVED_HEAP = ("-XX:+UseSerialGC", "-XX:NewRatio=1")
# A tool that runs for a second compiles no more than it must.
TOOL_FLAGS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
FLAGS = (
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+UnlockExperimentalVMOptions",
    "-XX:+TrustFinalNonStaticFields",
    "-XX:+DisableExplicitGC",
    "-XX:-UsePerfData",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
    "-Djdk.nio.maxCachedBufferSize=1024",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dio.netty.leakDetection.level=DISABLED",
    "-Dlog4j2.disable.jmx=true",
    "-Dlog4j.layout.jsonTemplate.maxStringLength=32768",
    "-Dorg.neo4j.shaded.lucene9.vectorization.upperJavaFeatureVersion=25",
    "-Dfile.encoding=UTF-8",
)


@dataclass(frozen=True, slots=True)
class Neo4jTuning:
    """How much memory Neo4j may take, and the Java to try first.

    Attributes:
        short_lived: for a server of minutes, as a test's: a start and its first queries come first.
    """

    heap_mb: int = 512
    page_cache_mb: int = 128
    transactions_mb: int = 256
    java_home: Path | None = None
    java: Java | None = None
    short_lived: bool = False


# Enough for the demo, and with the other two stores under 1.5 GiB.
MODEST = Neo4jTuning()


@dataclass(frozen=True, slots=True)
class Neo4jServer:
    home: StoreHome
    tuning: Neo4jTuning = MODEST
    report: Report = ignore_progress
    # The server refuses every write to its data, whatever a client asks for.
    read_only: bool = False
    name: ClassVar[str] = "neo4j"
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    @property
    def folder(self) -> Path:
        return self.home.folder(self.name)

    @property
    def shelf(self) -> JarFolder:
        return JarFolder(self.home.jars)

    @property
    def mark(self) -> str:
        return f"@{self.folder / 'server.args'}"

    @property
    def users(self) -> Path:
        """Where the first password waits for the first start."""
        return self.folder / "data" / "dbms" / "auth.ini"

    @property
    def password(self) -> str:
        return self.home.password(self.name, self.users)

    def fetch(self) -> None:
        """Have the jars; first of all have a Java, so that nothing large arrives in vain."""
        if not self.shelf.is_full:
            self._java()
            self.shelf.fill(self.report)

    def prepare(self) -> None:
        self.fetch()
        for name in (".", "conf", "data", "logs", "tmp"):
            closed(self.folder / name)
        if not self.users.exists():
            self.report(StartProgress(self.name, "setting a password"))
            self._set_password()

    def command(self, port: int) -> ProcessCommand:
        self._configure(port)
        found = self._java()
        vector = (f"--add-modules={VECTOR_MODULE}",) if found.vector else ()
        heap = (f"-Xms{self.tuning.heap_mb // 2}m", f"-Xmx{self.tuning.heap_mb}m")
        error_file = f"-XX:ErrorFile={self.home.log('neo4j-crash')}"
        # Native code is unpacked here, not in the home of whoever starts us.
        unpack = tuple(
            f"-D{name}={self.folder / 'tmp'}" for name in ("java.io.tmpdir", "jna.tmpdir")
        )
        life = self._short_life(found) if self.tuning.short_lived else LONG_LIVED_HEAP
        own = (*heap, *FLAGS, *life, *vector, *unpack, error_file)
        options = (*own, *self._class_path(), SERVER)
        where = (f"--home-dir={self.folder}", f"--config-dir={self.folder / 'conf'}")
        arguments = _argument_file(self.mark, (*options, *where, "--console-mode"))
        log = self.home.log(self.name)
        return ProcessCommand((str(found.program), arguments), self.mark, self._environment(), log)

    def answers(self, port: int) -> bool:
        uri, auth = self.uri(port), (USER, self.password)
        with GraphDatabase.driver(uri, auth=auth, **ASK_ONCE) as driver:
            try:
                driver.execute_query("RETURN 1", database_="neo4j")
            except AuthError as error:
                raise LocalServiceError(
                    self.name,
                    f"refuses the password in {self.home.secret(self.name)};",
                    f"put the right one there, or delete {self.folder / 'data'} to start empty.",
                ) from error
            except (DriverError, Neo4jError):
                return False
            return True

    def uri(self, port: int) -> str:
        return f"bolt://{LOOPBACK}:{port}"

    def _configure(self, port: int) -> None:
        text = SETTINGS.format(
            host=LOOPBACK,
            port=port,
            page_cache_mb=self.tuning.page_cache_mb,
            transactions_mb=self.tuning.transactions_mb,
        )
        plans = PLAN_ONCE if self.tuning.short_lived else ""
        lock = READ_ONLY if self.read_only else ""
        files.write_whole(self.folder / "conf" / "neo4j.conf", text + plans + lock)

    def _set_password(self) -> None:
        path = self.folder / "password.args"
        for left in processes.marked_processes(f"@{path}"):
            processes.end_process(left, signal.SIGKILL, PATIENCE_S)
        command = ("dbms", "set-initial-password", self.password)
        options = (*TOOL_FLAGS, *self._class_path())
        arguments = _argument_file(f"@{path}", (*options, ADMIN, *command))
        try:
            subprocess.run(  # noqa: S603 - our own Java with our own arguments
                [self._java().program, arguments],
                env=dict(self._environment()),
                check=True,
                capture_output=True,
                text=True,
            )
        except subprocess.CalledProcessError as error:
            self.home.log(self.name).write_text(error.stdout + error.stderr)
            raise LocalServiceError(
                self.name,
                "its administration tool could not set the first password;",
                f"see {self.home.log(self.name)} and start again.",
            ) from error
        finally:
            path.unlink(missing_ok=True)

    def _java(self) -> Java:
        return self.tuning.java or java.find_java(self.tuning.java_home)

    def _short_life(self, found: Java) -> tuple[str, ...]:
        """Compile at once and not again, and keep the classes as they were loaded: the first stop
        writes them, and each later start takes half the time.

        Not for servers that matter: Java ends at once where what was written is damaged.
        """
        own = sha256(str(found.program.resolve()).encode()).hexdigest()[:8]
        archive = self.home.jars / f"classes-{own}.jsa"
        # Another server may write it, or take it away, at this moment.
        with suppress(FileNotFoundError):
            if not _is_whole(archive):
                archive.unlink()
        kept = ("-XX:+AutoCreateSharedArchive", f"-XX:SharedArchiveFile={archive}")
        return (*SHORT_LIVED_HEAP, "-XX:TieredStopAtLevel=1", *kept)

    def _class_path(self) -> tuple[str, str]:
        return ("-cp", ":".join(str(path) for path in self.shelf.paths))

    def _environment(self) -> dict[str, str]:
        conf = str(self.folder / "conf")
        return {"LANG": "C.UTF-8", "NEO4J_HOME": str(self.folder), "NEO4J_CONF": conf}


def _is_whole(archive: Path) -> bool:
    """Java writes the head of an archive last."""
    with archive.open("rb") as opened:
        return any(opened.read(4))


def _argument_file(mark: str, arguments: tuple[str, ...]) -> str:
    """Hand Java its arguments in a file, so that the process list shows no password."""
    quoted = ('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in arguments)
    files.write_whole(Path(mark[1:]), "\n".join(quoted) + "\n", mode=0o600)
    return mark
