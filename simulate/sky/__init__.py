"""The sky of a simulated field: stars that move and vary, galaxies, all with their truth."""
