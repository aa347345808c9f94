"""Rows and images become stacks; stacks become sources."""

from combine.extract.run import ExtractResult, extract_field, has_sources
from combine.stack.build import StackResult, stack_field, use

__all__ = ["ExtractResult", "StackResult", "extract_field", "has_sources", "stack_field", "use"]
