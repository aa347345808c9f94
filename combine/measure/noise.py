"""The noise spectrum of an image, and the filter that finds point sources in such noise best."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal

from combine.measure.aperture import Floats, Image

SIZE = 64
"""Side of the blocks and kernels, pixels."""
KERNEL = (8.0, 18.0)
"""Distances (pixels) where a kernel begins and ends to fall to nothing."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class DetectionFilter:
    """A filter for point sources in correlated noise, for images in units of their noise.

    kernel : (63, 63) whose sum over a star's pixels is the star's flux
    sigma : standard deviation of the filtered noise where the image's noise is 1
    profile : (63, 63) the filtered image of a star of unit flux; 1 in its centre
    """

    kernel: Floats
    sigma: float
    profile: Floats

    def apply(self, image: Image, var: Image) -> tuple[Image, Image]:
        """Return flux (DN) and signal to noise of a star in every pixel, the sky being zero.

        `image` is DN above the sky, `var` the variance of its pixels, both (ny, nx); NaN where blank. A source is
        weighed in units of the noise, so that steps of coverage under it do not change the noise of the result.
        """
        root = np.sqrt(var)
        good = np.isfinite(image) & (root > 0)
        unit = np.where(good, image / np.where(good, root, 1), 0).astype(np.float32)
        filtered = signal.oaconvolve(unit, self.kernel[::-1, ::-1].astype(np.float32), mode="same")
        snr = np.where(good, filtered / self.sigma, np.nan).astype(np.float32)
        return np.where(good, filtered * root, np.nan).astype(np.float32), snr


def noise_power(unit: Image, mask: Mask | None = None, blank_max: float = 0.25) -> Floats:
    """Measure the power spectrum of noise.

    Parameters
    ----------
    unit : (ny, nx) a source-free image over the noise of its pixels, for example (N - S) / sqrt(VAR_N + VAR_S)
    mask : pixels to leave out
    blank_max : largest part of a block that may be blank or left out

    Returns
    -------
    (SIZE, SIZE) power in the order of `fft2`; its mean is the variance of a pixel. White noise of variance 1 when
    there is no block to measure on.
    """
    good = np.isfinite(unit) if mask is None else np.isfinite(unit) & ~mask
    level = float(np.median(unit[good])) if good.any() else 0.0
    filled = np.where(good, unit - level, 0).astype(np.float32)
    taper = signal.windows.hann(SIZE, sym=False)
    window = np.outer(taper, taper).astype(np.float32)
    blocks = []
    for y in range(0, unit.shape[0] - SIZE + 1, SIZE // 2):
        for x in range(0, unit.shape[1] - SIZE + 1, SIZE // 2):
            box = slice(y, y + SIZE), slice(x, x + SIZE)
            energy = float(np.sum((window * good[box]) ** 2))
            if np.mean(good[box]) >= 1 - blank_max:
                blocks.append(np.abs(fft.fft2(filled[box] * window)) ** 2 / energy)
    if not blocks:
        return np.ones((SIZE, SIZE))
    stack = np.array(blocks)
    strength = stack.mean(axis=(1, 2))
    usual = strength <= 2.0 * np.median(strength)  # a block with a residual star would colour the spectrum
    return _symmetric(stack[usual].mean(axis=0))


def detection_filter(stamp: Floats, power: Floats, floor: float = 1e-3) -> DetectionFilter:
    """Make the filter of largest signal to noise: PSF over noise power.

    Parameters
    ----------
    stamp : (63, 63) image of a star of unit flux, centred
    power : (64, 64) noise power spectrum of an image in units of its pixel noise
    floor : of the power, relative to its mean: frequencies without noise are without truth, too
    """
    psf = np.zeros((SIZE, SIZE))
    psf[: SIZE - 1, : SIZE - 1] = stamp
    psf = np.roll(psf, (-(SIZE // 2 - 1), -(SIZE // 2 - 1)), axis=(0, 1))
    star = fft.fft2(psf)
    noise = power + floor * power.mean()
    kernel = np.real(fft.ifft2(star / noise))
    middle = SIZE // 2 - 1
    kernel = np.roll(kernel, (middle, middle), axis=(0, 1))[: SIZE - 1, : SIZE - 1]
    # Far parts hold no signal, but would spread the brightest stars over all their surroundings.
    distance = np.hypot(*(np.mgrid[: SIZE - 1, : SIZE - 1] - middle))
    kernel *= 0.5 + 0.5 * np.cos(np.pi * np.clip((distance - KERNEL[0]) / (KERNEL[1] - KERNEL[0]), 0, 1))
    profile = signal.fftconvolve(stamp, kernel[::-1, ::-1], mode="same")
    kernel /= profile[middle, middle]
    profile /= profile[middle, middle]
    padded = np.zeros((SIZE, SIZE))
    padded[: SIZE - 1, : SIZE - 1] = kernel
    sigma = float(np.sqrt(np.mean(np.abs(fft.fft2(padded)) ** 2 * power)))
    return DetectionFilter(kernel, sigma, profile)


def _symmetric(power: Floats) -> Floats:
    """Average a spectrum over the reflections of both axes: noise has no handedness."""
    turned = np.roll(power[::-1], 1, axis=0)
    both = 0.5 * (power + turned)
    return 0.5 * (both + np.roll(both[:, ::-1], 1, axis=1))
