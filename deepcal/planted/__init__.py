"""Pictures of what the simulator planted, drawn from the files it wrote."""

from deepcal.planted.pictures import show_planted

__all__ = ["show_planted"]
