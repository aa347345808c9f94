"""The front door: the `deepcal` command, the private database server, the demo."""
