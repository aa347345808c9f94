"""False light of bright stars: latent images, glints, diffraction spikes, electronic stripes, optical ghosts."""
