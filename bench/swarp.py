"""SWarp, the peer of the stacks: one thread, LANCZOS3, onto the grid of the field."""

import shutil
import subprocess
from pathlib import Path

from combine.stack.select import Image
from schema.grid import Grid

INSTALL = ["apt-get", "install", "-y", "-q", "swarp"]


def need_swarp() -> None:
    """Install SWarp where it is missing."""
    if shutil.which("SWarp") is None:
        subprocess.run(INSTALL, check=True, stdout=subprocess.DEVNULL)


def run_swarp(images: list[Image], grid: Grid, folder: Path, mode: str, subtract: str) -> tuple[Path, Path]:
    """Stack images; return the paths of the stack and of its weights, in the folder.

    Parameters
    ----------
    mode : COMBINE_TYPE: WEIGHTED or CLIPPED
    subtract : SUBTRACT_BACK: Y takes off SWarp's own background of 128 pixels, N leaves the images alone
    """
    stack, weight = folder / "swarp.fits", folder / "swarp.weight.fits"
    options = {
        "COMBINE_TYPE": mode, "RESAMPLING_TYPE": "LANCZOS3", "SUBTRACT_BACK": subtract, "WEIGHT_TYPE": "NONE",
        "CENTER_TYPE": "MANUAL", "CENTER": f"{grid.crval[0]},{grid.crval[1]}", "PIXELSCALE_TYPE": "MANUAL",
        "PIXEL_SCALE": "1.0", "IMAGE_SIZE": f"{grid.nx},{grid.ny}", "PROJECTION_TYPE": "SIN", "NTHREADS": "1",
        "RESAMPLE_DIR": str(folder), "VMEM_DIR": str(folder), "IMAGEOUT_NAME": str(stack),
        "WEIGHTOUT_NAME": str(weight), "VERBOSE_TYPE": "QUIET", "WRITE_XML": "N",
        "FSCALASTRO_TYPE": "NONE", "MEM_MAX": "1024",
    }  # fmt: skip
    command = ["SWarp", *(image.path for image in images), *(w for k, v in options.items() for w in (f"-{k}", v))]
    subprocess.run(command, check=True, cwd=folder)
    return stack, weight
