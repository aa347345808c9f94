"""Rows and images become stacks; stacks become sources."""

from combine.stack.build import StackResult, stack, use

__all__ = ["StackResult", "stack", "use"]
