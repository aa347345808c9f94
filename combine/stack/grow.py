"""Stacks that grow: the sums of a run as a file, and scans added to them without reading the others again."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from combine.stack.band import Direction, DirectionStack, Member, Part, Step, common_image
from combine.stack.geometry import Frame, Placement
from combine.stack.judge import Verdict
from combine.stack.memory import give_back
from combine.stack.model import make_model
from combine.stack.options import Options
from combine.stack.passes import Sums
from combine.stack.select import Image
from schema.errors import BadFile
from schema.settings import Settings

Array = NDArray[np.float64]
NOWHERE = (0, 0, 0, 0), np.zeros(0), np.zeros(0), (1, 1)
"""The placement of an image that is in the sums already and is not read again."""


def write_sums(path: Path, stacks: dict[str, DirectionStack]) -> None:
    """Keep the sums of a band, the parts of its scans and their residuals: the same bytes for the same sums."""
    arrays: dict[str, Any] = {}
    for direction, one in stacks.items():
        planes = {"value": one.sums.value, "weight": one.sums.weight, "count": one.sums.count, "rest": one.residuals}
        arrays |= {f"{direction}_{name}": plane for name, plane in planes.items()}
        parts = json.dumps([_plain(part) for part in one.parts])
        arrays[f"{direction}_parts"] = np.frombuffer(parts.encode(), np.uint8)
    np.savez(path, **arrays)


def read_sums(path: Path, images: list[Image]) -> dict[str, DirectionStack]:
    """Read the sums of a band.

    Parameters
    ----------
    images : of the field, among them those in the sums

    Raises
    ------
    BadFile
        It is damaged.
    """
    known = {image.image_id: image for image in images}
    try:
        with path.open("rb") as stream, np.load(stream) as file:
            names = {name.split("_")[0] for name in file.files}
            return {
                d: DirectionStack(
                    Sums(file[f"{d}_value"], file[f"{d}_weight"], file[f"{d}_count"]),
                    [_part(row, known) for row in json.loads(file[f"{d}_parts"].tobytes())],
                    file[f"{d}_rest"],
                )
                for d in sorted(names)
            }
    except Exception as error:  # zip, json and numpy each have their own kinds for a damaged file
        raise BadFile(path, f"the sums cannot be read ({error}): remove the file, and all is made anew") from error


def _plain(part: Part) -> dict[str, Any]:
    """Describe the part of a scan in plain words and numbers."""
    member = part.member
    verdict = asdict(part.verdict) | {"fit": part.verdict.fit.tolist()}
    rest = {name: getattr(part, name) for name in ("weight", "masked", "reason", "rescaled")}
    images = [placed.image.image_id for placed in member.placements]
    scan = {"scan_key": member.scan_key, "visit": member.visit, "scale": member.scale}
    return {"member": scan, "images": images, "verdict": verdict, "part": rest}


def _part(row: dict[str, Any], images: dict[int, Image]) -> Part:
    """Return the part of a scan from its description."""
    placed = [Placement(images[key], *NOWHERE) for key in row["images"]]
    verdict = Verdict(**row["verdict"] | {"fit": np.array(row["verdict"]["fit"])})
    return Part(Member(**row["member"], placements=placed, pixels=[]), verdict, **row["part"])


def grow_band(
    held: dict[str, DirectionStack],
    visits: dict[int, int],
    members: dict[str, list[Member]],
    frame: Frame,
    settings: Settings,
    step: Step,
    doubted: frozenset[int],
    options: Options,
) -> dict[str, DirectionStack]:
    """Add scans to the sums of a band.

    The backgrounds of new scans are fitted, and their residuals judged, against the stack that is there; the limits of
    rejection are relative to its scans and the new ones together. What is in it stays as it is.

    Parameters: as of `stack_band`, the sums that are there, and the visit of every scan, numbered anew.
    """
    give_back()
    later = _numbered(held, visits, members)
    directions = {d: Direction(found, frame, settings, doubted, options) for d, found in later.items()}
    step("backgrounds")
    noise = float(np.median([part.verdict.noise_pixel for one in held.values() for part in one.parts]))
    common = make_model(common_image([held[d].sums.mean for d in sorted(held)]), noise)
    result = dict(held)
    for d, one in directions.items():
        one.fit_backgrounds(common)
        step("residuals")
        one.examine_added(held[d])
        step("sums")
        new = one.result(one.sum())
        result[d] = DirectionStack(held[d].sums + new.sums, held[d].parts + new.parts, _residuals(held[d], new))
    return result


def _numbered(
    held: dict[str, DirectionStack], visits: dict[int, int], members: dict[str, list[Member]]
) -> dict[str, list[Member]]:
    """Give new scans the number that their visit has in the sums, or one that no visit has."""
    there = {part.member.scan_key: part.member.visit for one in held.values() for part in one.parts}
    number = {visits[key]: visit for key, visit in there.items() if key in visits}
    first = 1 + max(there.values())
    new = sorted({m.visit for found in members.values() for m in found} - set(number))
    number |= {visit: first + k for k, visit in enumerate(new)}
    return {d: [replace(m, visit=number[m.visit]) for m in found] for d, found in members.items()}


def _residuals(held: DirectionStack, new: DirectionStack) -> NDArray[np.float32]:
    """Return the residuals of all scans against the mean of all, from those against the mean of the held ones."""
    rest = np.vstack([held.residuals, new.residuals])
    weight = np.array([part.weight * (part.reason is None) for part in held.parts + new.parts])
    moved = np.tensordot(weight[len(held.parts) :], np.nan_to_num(new.residuals), 1) / max(weight.sum(), 1e-30)
    return np.asarray(rest - moved, np.float32)
