"""Rows and images become stacks; stacks become sources."""

from schema.compiled import keep_compiled

keep_compiled("combine")  # before the imports that decorate compiled loops

from combine.extract.run import ExtractResult, extract_field, has_sources  # noqa: E402 - see above
from combine.stack.build import StackResult, stack_field, use  # noqa: E402 - see above

__all__ = ["ExtractResult", "StackResult", "extract_field", "has_sources", "stack_field", "use"]
