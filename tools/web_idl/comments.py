"""Comments: the members of interfaces in Web IDL again, to stand beside what they are in Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from keyword import iskeyword
from textwrap import fill

from .model import Argument, Attribute, Constant, Constructor, Member, Model, Operation


def comments_by_class(model: Model) -> dict[str, dict[str, list[str]]]:
    """For each interface or mixin, and the Python name of each member, comments that say what it is in Web IDL."""
    comments: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for interface in model.interfaces.values():
        for member in interface.members:
            text = comment_of(member)
            lines = comments[member.written_in][python_name(member)]
            if text and text not in lines:
                lines.append(text)
    return comments


def python_name(member: Member) -> str:
    """The name of a member in Python; "" for one that has none."""
    match member:
        case Constructor():
            return "__init__"
        case Constant(name=name) | Attribute(name=name) | Operation(name=name):
            return f"{name}_" if iskeyword(name) else name
    return ""


def comment_of(member: Member) -> str:
    """A member in Web IDL, as a comment; "" for one that has no name."""
    match member:
        case Constant(name=name, type=type, value=value):
            text = f"const {type} {name} = {value}"
        case Attribute(name=name, type=type, is_readonly=is_readonly, is_static=is_static):
            text = f"{'static ' * is_static}{'readonly ' * is_readonly}attribute {type} {name}"
        case Operation(name=name, type=type, special=special) if name:
            text = f"{special} {type} {name}({arguments_of(member.arguments)})".lstrip()
        case Constructor():
            text = f"constructor({arguments_of(member.arguments)})"
        case _:
            return ""
    return fill(text, 116, initial_indent="# ", subsequent_indent="#     ", break_long_words=False)


def arguments_of(arguments: Iterable[Argument]) -> str:
    """Arguments in Web IDL."""
    return ", ".join(
        f"{'optional ' * argument.is_optional}{argument.type}{'...' * argument.is_variadic} {argument.name}"
        + ("" if argument.default is None else f" = {argument.default}")
        for argument in arguments
    )
