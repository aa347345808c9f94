"""Bulk files on their way: those that are new read and sorted in threads, small ones put together."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest import formats
from ingest.ahead import CORES, ahead
from ingest.bulk import Prepared
from ingest.catalogs import CATALOGS, read_sorted
from ingest.downloads import KEYS
from ingest.faults import Fault
from ingest.files import GZIP, FileResult, Fingerprint, try_fingerprint
from ingest.ledger import AHEAD, CHANGED, known, refuse, status, twin, unreadable
from ingest.rejects import Rejects
from ingest.tally import Tally
from ingest.text import starts_with
from schema.connection import Connection
from schema.errors import BadFile

LARGE = 16_000_000  # bytes of a file whose reading keeps all cores busy


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

    `content` is the SHA-256 of its text, unpacked. A download of PSC or XSC has no sorted rows: it is read when it is
    loaded, since it may bring what is there.
    """

    job: Job
    rejects: Rejects
    rows: Prepared | None = None
    error: str | None = None
    content: str | None = None


@dataclass(frozen=True)
class Reading:
    """The reading of some files of a bulk kind; `results` takes what becomes clear of a file that is not loaded.

    Parameters
    ----------
    conn : Connection
    kind : "psc", "xsc" or "detections"
    tally : Tally
        Told of bytes and rows.
    replace : bool
        A file that changed since it was loaded takes the place of its old rows.
    tolerate : int
        Bad rows of a file that are left out.
    """

    conn: Connection
    kind: str
    tally: Tally
    replace: bool
    tolerate: int
    results: dict[int, FileResult] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)

    def batches(self, files: Sequence[Path], least: float) -> Iterator[list[Ready]]:
        """Yield files that are new, put together until they have `least` rows; a download comes alone."""
        one_by_one = max((path.stat().st_size for path in files), default=0) > LARGE
        threads = 1 if one_by_one else CORES
        batch: list[Ready] = []
        for ready in ahead(self.read, self._jobs(files), threads, lambda job: job.mark.size, LARGE):
            if ready.error is not None:
                self.refuse(ready.job, ready.error)
            elif ready.rows is None:
                yield [ready]
            elif not self._has_twin(ready):
                batch.append(ready)
                if sum(other.rows.rows for other in batch if other.rows) >= least:
                    yield batch
                    batch = []
        if batch:
            yield batch

    def read(self, job: Job, known_faults: Mapping[int, Fault] | None = None) -> Ready:
        """Read and sort a file; threads call it."""
        ready = Ready(job, Rejects(job.path, self.tolerate, known_faults or {}))
        try:
            if self.kind in KEYS and formats.open_source(job.path) is not None:
                return ready
            step = self.tally.bytes_of(job.number)
            unpacked = hashlib.sha256() if starts_with(job.path, GZIP) else None
            look = unpacked.update if unpacked else lambda data: None
            ready.rows = read_sorted(job.path, CATALOGS[self.kind], ready.rejects, step, self.tally.read, look)
            ready.content = unpacked.hexdigest() if unpacked else job.mark.sha256
        except BadFile as error:
            ready.error = error.reason
        return ready

    def refuse(self, job: Job, reason: str) -> None:
        """Write down why a file is refused."""
        self.results[job.number] = refuse(self.conn, self.kind, job.path, job.mark, reason)
        self.tally.skip(job.number, job.mark.size)

    def _jobs(self, files: Sequence[Path]) -> Iterator[Job]:
        """Yield the files that are not loaded yet; what becomes of the others is clear."""
        marks = ahead(lambda path: (path, try_fingerprint(path)), files, 1, room=AHEAD)
        for number, (path, mark) in enumerate(marks):
            if isinstance(mark, OSError):
                self.results[number] = unreadable(path, self.kind, mark)
                continue
            entry = status(self.conn, self.kind, path, mark)
            if entry.file_id is not None:
                self.results[number] = known(self.conn, self.kind, path, mark)
            elif same := twin(self.conn, self.kind, path, mark.sha256):
                self.results[number] = same
            elif entry.replaces is not None and not self.replace:
                self.results[number] = refuse(self.conn, self.kind, path, mark, CHANGED)
            else:
                self.jobs.append(Job(number, path, mark, entry.replaces))
                yield self.jobs[-1]
                continue
            self.tally.skip(number, mark.size)

    def _has_twin(self, ready: Ready) -> bool:
        """Tell whether the rows of a packed file are there from another one."""
        job = ready.job
        packed = ready.content not in (None, job.mark.sha256)
        same = twin(self.conn, self.kind, job.path, str(ready.content)) if packed else None
        if same is not None:
            self.results[job.number] = same
        return same is not None


def different(batch: Iterable[Ready]) -> list[Ready]:
    """Return the files of a batch without those whose content is also under another name in it."""
    return list({ready.content or ready.job.mark.sha256: ready for ready in reversed(list(batch))}.values())
