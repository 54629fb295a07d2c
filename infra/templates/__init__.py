"""The mails' templates: compiled by Node where it is at hand, checked by Python everywhere."""

from infra.templates.compiler import CompileError, compile_templates
from infra.templates.manifest import TEMPLATES, check_hashes
from infra.templates.schema import schema

__all__ = ["TEMPLATES", "CompileError", "check_hashes", "compile_templates", "schema"]
