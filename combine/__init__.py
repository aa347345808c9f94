"""Rows and images become stacks; stacks become sources."""

from combine.extract.run import ExtractResult, extract, has_sources
from combine.stack.build import StackResult, stack, use

__all__ = ["ExtractResult", "StackResult", "extract", "has_sources", "stack", "use"]
