"""Rows and images become stacks; stacks become sources."""

from combine.extract.run import ExtractResult, extract_field, has_sources
from combine.stack.build import StackResult, stack_field, use
from combine.stack.options import Options

__all__ = ["ExtractResult", "Options", "StackResult", "extract_field", "has_sources", "stack_field", "use"]
