"""What a result was made with: a digest of code."""

import hashlib
from importlib.util import find_spec
from pathlib import Path


def code_digest(*names: str) -> str:
    """Return the first 12 hex digits of the SHA-256 of some packages, subpackages included, and modules.

    Raises
    ------
    ModuleNotFoundError
        A name is neither.
    """
    digest = hashlib.sha256()
    for name in names:
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(name)
        origin = Path(spec.origin)
        for path in sorted(origin.parent.rglob("*.py")) if spec.submodule_search_locations else [origin]:
            digest.update(path.relative_to(origin.parent).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
