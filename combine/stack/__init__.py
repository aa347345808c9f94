"""Rows and images become stacks."""
