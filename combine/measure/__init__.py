"""Measuring on images: apertures, point-spread functions, noise."""
