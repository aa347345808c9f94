"""What a catalogue makes of fluxes: noisy magnitudes, uncertainties, signal-to-noise ratios, flags, upper limits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from simulate.noise import aperture_noise
from simulate.sky.galaxies import REFERENCE

Array = NDArray[np.float64]

MAG = 2.5 / np.log(10)
FLOOR = 0.02  # mag, of a single measurement
ZERO_POINT_ERROR, FLAT_ERROR, SHORT_ERROR = 0.011, 0.005, 0.012  # mag, parts of the total uncertainty
SHORT_READ = (9.0, 8.5, 8.0)  # J H Ks, brighter stars saturate 1.3 s at a seeing shape of 1: measured on 51 ms frames
SATURATION_POWER = 1.8  # of the seeing shape in the peak of a star
PHASE = 0.12  # mag, of that limit: where on its pixels a star falls
SATURATED_TOO = 4.5  # mag brighter than that, 51 ms frames saturate and a radial profile is fitted
SHORT_NOISE = 8.0  # of the 51 ms frames over the 1.3 s frames
DETECTED = 3.0  # signal-to-noise ratio below which a band has an upper limit
LIMIT = 2.0  # standard deviations of a 95 percent limit
FRAMES, FRAME_THRESHOLD = 6, 2.2  # of a coadd; signal-to-noise ratio of a detection in one of them
CHI_FREEDOM, PAIR_CHI = 12, 1.3  # of a profile fit; factor where two stars are fitted together
PROFILE_GAIN = 1.82  # signal to noise of a profile fitted to the frames over that of a 4 arcsec aperture on the coadd
SHAPE_POWER = 0.9  # of the seeing shape in the noise of a fitted flux


@dataclass(frozen=True)
class Photometry:
    """Measured values, arrays (n, 3): magnitudes (limits where not detected), uncertainties and signal-to-noise ratios
    (NaN where not detected), quality and read flags, magnitudes in the standard aperture with uncertainties; the (n,)
    words of frames with a detection."""

    mag: Array
    cmsig: Array
    snr: Array
    detected: NDArray[np.bool_]
    quality: NDArray[np.str_]
    read: NDArray[np.str_]
    aperture: Array
    aperture_sigma: Array
    frames: NDArray[np.str_]

    def columns(self) -> dict[str, object]:
        """Return the photometric columns that the PSC and the calibration extractions share."""
        total = np.sqrt(
            self.cmsig**2
            + ZERO_POINT_ERROR**2
            + FLAT_ERROR**2
            + np.where(np.isin(self.read, ("1", "3")), SHORT_ERROR, 0) ** 2
        )
        found: dict[str, object] = {}
        for b, band in enumerate("jhk"):
            found |= {
                f"{band}_m": self.mag[:, b],
                f"{band}_cmsig": self.cmsig[:, b],
                f"{band}_msigcom": total[:, b],
                f"{band}_snr": self.snr[:, b],
                f"{band}_m_stdap": self.aperture[:, b],
                f"{band}_msig_stdap": self.aperture_sigma[:, b],
            }
        return found | {"ph_qual": join(self.quality), "rd_flg": join(self.read), "ndet": self.frames}


def profile_noise(skysig: Array, shape: Array) -> Array:
    """Return the noise (DN of the total flux) of a fitted profile.

    With PROFILE_GAIN the median scan has a signal-to-noise ratio of 10 at the published J 16.4, H 15.5, Ks 14.8
    (Skrutskie et al. 2006, table 2); it lies between an aperture on the coadd, 1, and an ideal fit to the frames, 2.4.

    Parameters
    ----------
    skysig : array
        Noise of a pixel of the coadd, DN.
    shape : array
        Seeing shape.
    """
    noise: Array = aperture_noise(skysig) / (REFERENCE.fraction(4.0) * PROFILE_GAIN) * shape**SHAPE_POWER
    return noise


def join(flags: NDArray[np.str_]) -> NDArray[np.str_]:
    """Return one word a row from (n, k) letters."""
    rows, letters = flags.shape
    words: NDArray[np.str_] = np.ascontiguousarray(flags, "U1").view(f"U{letters}").reshape(rows)
    return words


def psf_chi(rng: np.random.Generator, seen: Photometry, pair: NDArray[np.bool_]) -> dict[str, object]:
    """Return the reduced chi-squares of profile fits; those of fitted pairs are worse."""
    chi = rng.gamma(CHI_FREEDOM, 1 / CHI_FREEDOM, seen.mag.shape) * np.where(pair, PAIR_CHI, 1)[:, None]
    chi = np.where(seen.detected & (seen.read == "2"), chi, np.nan)
    return {f"{band}_psfchi": chi[:, b] for b, band in enumerate("jhk")}


def frame_counts(rng: np.random.Generator, snr: Array) -> NDArray[np.str_]:
    """Return ndet: in how many of six frames each band was seen, from the signal-to-noise ratios of the sum."""
    seen = rng.binomial(FRAMES, ndtr(np.nan_to_num(snr) / np.sqrt(FRAMES) - FRAME_THRESHOLD))
    pairs = np.full((len(snr), 6), str(FRAMES))
    pairs[:, ::2] = np.where(np.isnan(snr), 0, np.maximum(seen, 1)).astype("U1")
    return join(pairs)


def measure_fluxes(
    rng: np.random.Generator, mag: Array, noise: Array, shape: Array | float = 1.0, short_error: Array | float = 0.0
) -> Photometry:
    """Measure sources.

    Parameters
    ----------
    rng : Generator
    mag : (n, 3) array
        Magnitudes as noiseless measurements would give them.
    noise : (n, 3) array
        Standard deviation of a fitted profile's flux, in units of the flux of magnitude zero.
    shape : (n, 3) array or number
        Seeing shape: sharper stars saturate sooner.
    short_error : (n, 3) array or number
        Error (mag) of the normalisation of the short exposures of the scan.
    """
    flux = 10 ** (-0.4 * mag)
    limit = np.array(SHORT_READ) - 2.5 * SATURATION_POWER * np.log10(shape) + rng.normal(0, PHASE, mag.shape)
    short = mag < limit
    scatter = 1 + rng.normal(0, FLOOR / MAG, mag.shape)
    own = noise * np.where(short, SHORT_NOISE, 1)
    fitted = flux * scatter * np.where(short, 10 ** (-0.4 * short_error), 1) + rng.normal(0, 1, mag.shape) * own
    aperture = flux * (1 + rng.normal(0, FLOOR / MAG, mag.shape)) + rng.normal(0, 1, mag.shape) * noise * PROFILE_GAIN
    snr = fitted / own
    found = snr > DETECTED
    upper = -2.5 * np.log10(np.maximum(fitted, 0) + LIMIT * noise)
    with np.errstate(invalid="ignore", divide="ignore"):
        cmsig = np.where(found, np.hypot(FLOOR, MAG / snr), np.nan)
        quality = np.select([~found, snr > 10, snr > 7, snr > 5], ["U", "A", "B", "C"], "D")
        good = found & ~short & (aperture > 0)
        snr = np.where(found, snr, np.nan)
        return Photometry(
            mag=np.where(found, -2.5 * np.log10(fitted), upper),
            cmsig=cmsig,
            snr=snr,
            detected=found,
            quality=quality,
            read=np.select([~found, mag < limit - SATURATED_TOO, short], ["0", "3", "1"], "2"),
            aperture=np.where(good, -2.5 * np.log10(aperture), np.nan),
            aperture_sigma=np.where(good, np.hypot(FLOOR / 2, MAG * noise * PROFILE_GAIN / aperture), np.nan),
            frames=frame_counts(rng, snr),
        )
