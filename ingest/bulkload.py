"""The load of bulk files: several in one transaction, each known and refused by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.errors import IntegrityError, UniqueViolation

from ingest import formats
from ingest.batches import Job, Reading, Ready, different
from ingest.bulk import copy
from ingest.catalogs import CATALOGS, Catalog, rows_of
from ingest.downloads import load_download, supersede
from ingest.files import FileResult, found
from ingest.indexes import indexes_later
from ingest.ledger import claim, known, twin
from ingest.rejects import Rejects
from ingest.tally import Tally
from ingest.twice import brought_last, faults_of_keys, key_of, taken
from schema.connection import Connection
from schema.errors import BadFile
from schema.progress import Progress
from schema.settings import read
from sql import load

MB = 1_000_000
UNPACKED = 4  # times as long is the text of a .gz


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

    def __post_init__(self) -> None:
        self.catalog: Catalog = CATALOGS[self.kind]
        self.again: list[Job] = []

    def load(self, paths: Sequence[Path | str]) -> list[FileResult]:
        """Load files; each is known by its content once it is in, and a refused one does not stop the others.

        Raises
        ------
        BadArgument
            A path does not exist, or a folder holds no file of the kind; nothing was loaded.
        """
        files = found(self.kind, paths)
        total = sum(path.stat().st_size for path in files)
        self.tally = Tally(self.progress, f"ingest {self.kind}, rows of {len(files)} files", total)
        self.reading = Reading(self.conn, self.kind, self.tally, self.replace, self.tolerate)
        self.results = self.reading.results
        with self.conn.transaction():
            self.settings = {name: value[0] for name, value in read(self.conn).items() if name.startswith("ingest_")}
        self._load_all(files)
        while self.again:  # what the making of the indexes has shown to have bad keys; they are there now
            jobs, self.again = self.again, []
            with indexes_later(self.conn, self.kind, self._withdraw):
                for job in jobs:
                    self._store([self.reading.read(job)])
        with self.conn.transaction():
            self._tell_planner()
        return [self.results[number] for number in range(len(files))]

    def _load_all(self, files: Sequence[Path]) -> None:
        with indexes_later(self.conn, self.kind, self._withdraw) as drop_indexes:
            for number, batch in enumerate(self.reading.batches(files, self.settings["ingest_batch_rows"])):
                if number == 0 and self._outgrow_table(files):
                    drop_indexes()
                self._store(batch)
                del batch  # before the next one is read
            if self.kind == "psc":
                with self.conn.transaction():
                    supersede(self.conn)

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

    def _store(self, batch: Sequence[Ready]) -> None:
        """Load files in one transaction; if one of them cannot go in, each in its own."""
        try:
            with self.conn.transaction():
                results = self._load(batch)
            self.results.update(results)
        except (BadFile, IntegrityError, psycopg.DataError) as error:
            if len(batch) > 1:
                for ready in batch:
                    self._store([ready])
            elif not self._store_without(batch[0], error):
                self.reading.refuse(batch[0].job, self._reason(batch[0], error))

    def _store_without(self, ready: Ready, error: Exception) -> bool:
        """Load a file without the rows whose keys are taken, if they may be left out; return whether it is settled."""
        job, rejects = ready.job, ready.rejects
        if not isinstance(error, UniqueViolation) or not self.tolerate or rejects.known or ready.rows is None:
            return False
        faults = faults_of_keys(self.conn, job.path, self.catalog, job.replaces, self.tolerate)
        ready = self.reading.read(job, faults)
        if ready.error is not None:
            self.reading.refuse(job, ready.error)
        else:
            self._store([ready])
        return True

    def _load(self, batch: Sequence[Ready]) -> dict[int, FileResult]:
        """Load files inside a transaction and return what became of them."""
        new = different(batch)
        numbers = claim(self.conn, self.kind, [(r.job.path, r.job.mark) for r in new], [r.content for r in new])
        mine = [(r, numbers.pop(r.job.mark.sha256)) for r in new if r.job.mark.sha256 in numbers]
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
            ready.job.number: FileResult(ready.job.path, self.kind, "loaded", count, left_out=len(ready.rejects.rows))
            for (ready, _), count in zip(mine, counts, strict=True)
        }
        return done | {r.job.number: self._there(r) for r in batch if r.job.number not in done}

    def _there(self, ready: Ready) -> FileResult:
        """Tell of a file that another ingest, or another file of the batch, has brought meanwhile."""
        job = ready.job
        result = known(self.conn, self.kind, job.path, job.mark)
        same = twin(self.conn, self.kind, job.path, str(ready.content)) if not result.rows else None
        return same or result

    def _count(self, ready: Ready, file_id: int) -> int:
        """Do what comes before the rows of a file, and return their number; a download is loaded here."""
        ready.rejects.store(self.conn, file_id)
        if ready.rows is None:
            rows = formats.read(ready.job.path, self.catalog.columns, self.tally.bytes_of(ready.job.number))
            assert rows is not None, "a download"
            return load_download(self.conn, ready.job.path, self.kind, rows, file_id)
        return ready.rows.rows

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
        """Remove the file that came last of those with a key; it is tried again where bad rows are tolerated."""
        key = key_of(error)
        with self.conn.transaction():
            file_id, path = brought_last(self.conn, self.catalog, key)
            rows = rows_of(path, self.catalog, Rejects(path, self.tolerate)) if path.exists() else ()
            line = taken(path, self.catalog.key, key, rows)
            reason = line.reason if line else f"column {self.catalog.key[0]}: {key[0]!r}, expected a key used once"
            self._remove(file_id, "withdraw", error=reason)
        for number, result in self.results.items():
            if result.path == path and result.state == "loaded":
                self.results[number] = FileResult(path, self.kind, "refused", 0, reason)
                if self.tolerate:
                    self.again += [job for job in self.reading.jobs if job.number == number]

    def _remove(self, file_id: int, become: str, **words: str) -> None:
        self.conn.execute(load(f"ingest/remove_{self.kind}.sql"), {"file_id": file_id})
        self.conn.execute(load(f"ingest/{become}.sql"), {"file_id": file_id} | words)
