"""`python -m deepcal`: the same command, where no script is on the path."""

from deepcal.cli import main

main()
