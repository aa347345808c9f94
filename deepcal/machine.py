"""What the machine has, and the server settings that follow from it."""

import os
import shutil
from pathlib import Path

MB = 1 << 20
GB = 1 << 30


def memory() -> int:
    """Return the memory of the machine, or of the container we are in, in bytes."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    text = limit.read_text().strip() if limit.exists() else "max"
    return min(physical, int(text)) if text.isdigit() else physical


def tuned(memory_bytes: int, cores: int) -> dict[str, str | int]:
    """Return server settings for a machine that also computes: large sorts and scans, few connections, full durability.

    Parameters
    ----------
    memory_bytes : memory of the machine
    cores : processors of the machine
    """
    return {
        "shared_buffers": _share(memory_bytes, 8, 128 * MB, 8 * GB),
        "effective_cache_size": _share(memory_bytes, 2, 256 * MB, 1024 * GB),
        "work_mem": _share(memory_bytes, 128, 16 * MB, 256 * MB),
        "maintenance_work_mem": _share(memory_bytes, 32, 64 * MB, 2 * GB),
        "max_wal_size": _share(memory_bytes, 16, 1 * GB, 16 * GB),
        "checkpoint_timeout": "15min",
        "max_connections": 40,
        "max_worker_processes": cores + 8,
        "max_parallel_workers": cores,
        "max_parallel_workers_per_gather": min(cores, 8),
        "max_parallel_maintenance_workers": min(cores, 8),
        "dynamic_shared_memory_type": _shared_memory(),
        "random_page_cost": "1.1",
        "jit": "off",
        "fsync": "on",
        "synchronous_commit": "on",
        "timezone": "UTC",
        "log_line_prefix": "%m [%p] %q%u@%d ",
    }


def _share(total: int, part: int, least: int, most: int) -> str:
    return f"{min(max(total // part, least), most) // MB}MB"


def _shared_memory() -> str:
    # Containers often have a /dev/shm of 64 MB, too small for a parallel hash join.
    shared = Path("/dev/shm")  # noqa: S108 - its size is asked, nothing is written
    return "posix" if shared.is_dir() and shutil.disk_usage(shared).total >= GB else "mmap"
