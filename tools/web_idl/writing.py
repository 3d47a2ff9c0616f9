"""Writing: a member of an interface as Web IDL again, in a line."""

from __future__ import annotations

from collections.abc import Sequence

from .model import Argument, Attribute, Constant, Constructor, Iteration, Member, Operation


def written(member: Member) -> str:
    """A member, without its extended attributes."""
    match member:
        case Constant():
            return f"const {member.type} {member.name} = {member.value};"
        case Constructor():
            return f"constructor({written_arguments(member.arguments)});"
        case Attribute():
            words = (
                "static " * member.is_static,
                "stringifier " * member.is_stringifier,
                "inherit " * member.is_inherited,
                "readonly " * member.is_readonly,
            )
            return f"{''.join(words)}attribute {member.type} {member.name};"
        case Operation(special="stringifier"):
            return "stringifier;"
        case Operation():
            special = f"{member.special} " if member.special else ""
            return f"{special}{member.type} {member.name}({written_arguments(member.arguments)});"
        case Iteration():
            arguments = f"({written_arguments(member.arguments)})" if member.arguments else ""
            kind = f"{'readonly ' * member.is_readonly}{member.kind}"
            return f"{kind}<{', '.join(map(str, member.types))}>{arguments};"


def written_arguments(arguments: Sequence[Argument]) -> str:
    """Arguments with commas between them."""
    return ", ".join(
        f"{'optional ' * argument.is_optional}{argument.type}{'...' * argument.is_variadic} "
        f"{argument.name}" + (f" = {argument.default}" if argument.default else "")
        for argument in arguments
    )
