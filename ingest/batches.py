"""Bulk files on their way: read and sorted in threads, small ones loaded together, each known and refused by itself."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg.errors import IntegrityError, UniqueViolation
from psycopg.sql import SQL, Identifier

from ingest import formats
from ingest.ahead import CORES, ahead
from ingest.bulk import Prepared, copy
from ingest.catalogs import CATALOGS, Catalog, read_sorted, rows_of
from ingest.downloads import KEYS, load_download, supersede
from ingest.files import FileResult, Fingerprint, found, try_fingerprint
from ingest.indexes import indexes_later
from ingest.ledger import AHEAD, CHANGED, claim, known, refuse, status, unreadable
from ingest.rejects import Rejects
from ingest.tally import Tally
from ingest.twice import key_of, taken
from schema.connection import Connection
from schema.errors import BadFile
from schema.progress import Progress
from schema.settings import read
from sql import load

MB = 1_000_000
LARGE = 16 * MB  # bytes of a file whose reading keeps all cores busy
UNPACKED = 4  # times as long is the text of a .gz


@dataclass(frozen=True)
class Job:
    """A file that is to be loaded: its place among all files, its fingerprint, and the file whose rows it replaces."""

    number: int
    path: Path
    mark: Fingerprint
    replaces: int | None


@dataclass
class Ready:
    """A file that was read: its sorted rows and what was wrong with others; or why it is refused.

    A download of PSC or XSC has no sorted rows: it is read when it is loaded, since it may bring what is there.
    """

    job: Job
    rejects: Rejects
    rows: Prepared | None = None
    error: str | None = None


@dataclass
class BulkLoad:
    """The load of some files of a bulk kind.

    Parameters
    ----------
    conn : Connection
        An idle connection; inside a transaction of the caller's, savepoints take the place of transactions.
    kind : "psc", "xsc" or "detections"
    progress : Progress
        Told of rows.
    replace : bool
        A file that changed since it was loaded takes the place of its old rows.
    tolerate : int
        Bad rows of a file that are left out.
    """

    conn: Connection
    kind: str
    progress: Progress
    replace: bool = False
    tolerate: int = 0
    results: dict[int, FileResult] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.catalog: Catalog = CATALOGS[self.kind]

    def load(self, paths: Sequence[Path | str]) -> list[FileResult]:
        """Load files; each is known by its content once it is in, and a refused one does not stop the others.

        Raises
        ------
        BadArgument
            A path does not exist, or a folder holds no file of the kind; nothing was loaded.
        """
        files = found(self.kind, paths)
        sizes = [path.stat().st_size for path in files]
        self.tally = Tally(self.progress, f"ingest {self.kind}, rows of {len(files)} files", sum(sizes))
        with self.conn.transaction():
            self.settings = {name: value[0] for name, value in read(self.conn).items() if name.startswith("ingest_")}
        with indexes_later(self.conn, self.kind, self._withdraw) as drop_indexes:
            one_by_one = max(sizes, default=0) > LARGE
            read_ahead = ahead(
                self._read, self._wanted(files), 1 if one_by_one else CORES, lambda job: job.mark.size, LARGE
            )
            for number, batch in enumerate(self._batches(read_ahead)):
                if number == 0 and self._outgrow_table(files):
                    drop_indexes()
                self._store(batch)
                del batch  # before the next one is read
            if self.kind == "psc":
                with self.conn.transaction():
                    supersede(self.conn)
        with self.conn.transaction():
            self._tell_planner()
        return [self.results[number] for number in range(len(files))]

    def _tell_planner(self) -> None:
        rows = sum(result.rows for result in self.results.values() if result.state == "loaded")
        if self.catalog.cells and rows:
            row = {"kind": self.kind, "table": ".".join(self.catalog.table), "rows": rows}
            self.conn.execute(load("ingest/statistics.sql"), row)

    def _outgrow_table(self, files: Sequence[Path]) -> bool:
        """Tell whether the files that are new are so large that it pays to make the indexes after them."""
        sizes = {str(path): path.stat().st_size for path in files}
        row = {"kind": self.kind, "paths": list(sizes), "bytes": list(sizes.values())}
        table = ".".join(self.catalog.table)
        with self.conn.transaction():
            for (path,) in self.conn.execute(load("ingest/loaded_from_paths.sql"), row).fetchall():
                del sizes[path]
            (there,) = self.conn.execute(load("ingest/table_bytes.sql"), {"table": table}).fetchone() or (0,)
        size = sum(size * (UNPACKED if path.endswith(".gz") else 1) for path, size in sizes.items())
        least = self.settings["ingest_indexes_later"] * MB
        return bool(size > max(least, self.settings["ingest_indexes_share"] * there))

    def _wanted(self, files: Sequence[Path]) -> Iterator[Job]:
        """Yield the files that are not loaded yet; what becomes of the others is clear."""
        marks = ahead(lambda path: (path, try_fingerprint(path)), files, 1, room=AHEAD)
        for number, (path, mark) in enumerate(marks):
            if isinstance(mark, OSError):
                self.results[number] = unreadable(path, self.kind, mark)
                continue
            entry = status(self.conn, self.kind, path, mark)
            if entry.file_id is not None:
                self.results[number] = known(self.conn, self.kind, path, mark)
            elif entry.replaces is not None and not self.replace:
                self.results[number] = refuse(self.conn, self.kind, path, mark, CHANGED)
            else:
                yield Job(number, path, mark, entry.replaces)
                continue
            self.tally.skip(number, mark.size)

    def _read(self, job: Job) -> Ready:
        """Read and sort a file, in a thread."""
        ready = Ready(job, Rejects(job.path, self.tolerate))
        try:
            if self.kind in KEYS and formats.open_source(job.path) is not None:
                return ready
            step = self.tally.bytes_of(job.number)
            ready.rows = read_sorted(job.path, self.catalog, ready.rejects, step, self.tally.read)
        except BadFile as error:
            ready.error = error.reason
        return ready

    def _batches(self, files: Iterable[Ready]) -> Iterator[list[Ready]]:
        """Put files together until they have enough rows; a download comes alone."""
        batch: list[Ready] = []
        for ready in files:
            if ready.error is not None:
                self._refuse(ready, ready.error)
            elif ready.rows is None:
                yield [ready]
            else:
                batch.append(ready)
                if sum(other.rows.rows for other in batch if other.rows) >= self.settings["ingest_batch_rows"]:
                    yield batch
                    batch = []
        if batch:
            yield batch

    def _store(self, batch: list[Ready]) -> None:
        """Load files in one transaction; if one of them cannot go in, each in its own."""
        try:
            with self.conn.transaction():
                results = self._load(batch)
            self.results.update(results)
        except (BadFile, IntegrityError, psycopg.DataError) as error:
            if len(batch) > 1:
                for ready in batch:
                    self._store([ready])
            else:
                self._refuse(batch[0], self._reason(batch[0], error))

    def _load(self, batch: list[Ready]) -> dict[int, FileResult]:
        """Load files inside a transaction and return what became of them."""
        numbers = claim(self.conn, self.kind, [(r.job.path, r.job.mark) for r in _different(batch)])
        mine = [(r, numbers.pop(r.job.mark.sha256)) for r in batch if r.job.mark.sha256 in numbers]
        for tile in sorted({tile for ready, _ in mine if ready.rows for tile in ready.rows.tiles}):
            self.conn.execute(load("ingest/partition.sql"), {"tile": tile})  # first, and in order: none waits in a ring
        for ready, _ in mine:
            if ready.job.replaces is not None:
                self._remove(ready.job.replaces, "replaced")
        counts = [self._count(ready, file_id) for ready, file_id in mine]
        sent = [(r.rows, file_id) for r, file_id in mine if r.rows is not None and r.rows.rows]
        if sent:
            copy(self.conn, self.catalog.table, sent, self.catalog.cells, self.tally.sent)
        rows = {"file_ids": [file_id for _, file_id in mine], "rows": counts}
        self.conn.execute(load("ingest/loaded.sql"), rows)
        done = {
            ready.job.number: FileResult(ready.job.path, self.kind, "loaded", count)
            for (ready, _), count in zip(mine, counts, strict=True)
        }
        others = (r.job for r in batch if r.job.number not in done)
        return done | {job.number: known(self.conn, self.kind, job.path, job.mark) for job in others}

    def _count(self, ready: Ready, file_id: int) -> int:
        """Do what comes before the rows of a file, and return their number; a download is loaded here."""
        ready.rejects.store(self.conn, file_id)
        if ready.rows is None:
            rows = formats.read(ready.job.path, self.catalog.columns, self.tally.bytes_of(ready.job.number))
            assert rows is not None, "a download"
            return load_download(self.conn, ready.job.path, self.kind, rows, file_id)
        return ready.rows.rows

    def _refuse(self, ready: Ready, reason: str) -> None:
        job = ready.job
        self.results[job.number] = refuse(self.conn, self.kind, job.path, job.mark, reason)
        self.tally.skip(job.number, job.mark.size)

    def _reason(self, ready: Ready, error: Exception) -> str:
        """Say why a file cannot go in: of a key that is taken, on which line it stands."""
        if isinstance(error, BadFile):
            return error.reason
        if isinstance(error, UniqueViolation) and (key := key_of(error)):
            rows = rows_of(ready.job.path, self.catalog, Rejects(ready.job.path, self.tolerate))
            if line := taken(ready.job.path, self.catalog.key, key, rows):
                return line.reason
        return str(error).strip()  # a check of the database that the reading missed

    def _withdraw(self, error: UniqueViolation) -> None:
        """Remove the file that came last of those with a key that is there twice."""
        key = key_of(error)
        statement = SQL(load("ingest/file_twice.sql").decode()).format(
            table=Identifier(*self.catalog.table), key=Identifier(self.catalog.key[0])
        )
        with self.conn.transaction():
            row = self.conn.execute(statement, {"key": int(key[0])}).fetchone()
            assert row is not None, "the server found the key twice"
            file_id, path = row[0], Path(row[1])
            rows = rows_of(path, self.catalog, Rejects(path, self.tolerate)) if path.exists() else ()
            line = taken(path, self.catalog.key, key, rows)
            reason = line.reason if line else f"column {self.catalog.key[0]}: {key[0]!r}, expected a key used once"
            self._remove(file_id, "withdraw", error=reason)
        for number, result in self.results.items():
            if result.path == path and result.state == "loaded":
                self.results[number] = FileResult(path, self.kind, "refused", 0, reason)

    def _remove(self, file_id: int, become: str, **words: str) -> None:
        self.conn.execute(load(f"ingest/remove_{self.kind}.sql"), {"file_id": file_id})
        self.conn.execute(load(f"ingest/{become}.sql"), {"file_id": file_id} | words)


def _different(batch: Iterable[Ready]) -> list[Ready]:
    """Return the files of a batch without those whose content is also under another name in it."""
    return list({ready.job.mark.sha256: ready for ready in reversed(list(batch))}.values())
