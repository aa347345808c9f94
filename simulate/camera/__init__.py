"""The camera: frames of 1.3 s on 2 arcsec pixels, rendered one by one and coadded to pixels of 1 arcsec."""
