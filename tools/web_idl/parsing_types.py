"""Parsing of types, extended attributes, arguments and values: what is in a member.

Web IDL, 2.13 to 2.15. Each function is the production of its name:
https://webidl.spec.whatwg.org/#idl-grammar
"""

from __future__ import annotations

from dataclasses import replace

from .model import Argument, ExtendedAttribute, Type, Value
from .tokenizing import ARGUMENT_NAME_KEYWORDS, BUFFER_RELATED_TYPES, Cursor, Token

CLOSING = {"(": ")", "[": "]", "{": "}"}
GENERIC_TYPES = ("sequence", "async_sequence", "FrozenArray", "ObservableArray")
TYPE_KEYWORDS = frozenset(
    "unsigned unrestricted short long float double boolean byte octet bigint ByteString DOMString "
    "USVString sequence"
    " async_sequence object symbol FrozenArray ObservableArray record undefined any Promise".split()
)
BEGINNINGS_OF_TYPES = TYPE_KEYWORDS | BUFFER_RELATED_TYPES | {"identifier", "("}


def identifier_of(token: Token) -> str:
    """The identifier that a token stands for: without the underscore that keeps it from being a
    keyword.
    """
    return token.text.removeprefix("_")


def identifier(tokens: Cursor, what: str) -> str:
    """An identifier; `what` it names is for the error."""
    return identifier_of(tokens.expect("identifier", what=what))


def type_(tokens: Cursor) -> Type:
    """Type."""
    if tokens.next.kind == "(":
        return null(tokens, union_type(tokens))
    return single_type(tokens)


def type_with_extended_attributes(tokens: Cursor) -> Type:
    """TypeWithExtendedAttributes."""
    attributes = extended_attribute_list(tokens)
    return replace(type_(tokens), extended_attributes=attributes)


def single_type(tokens: Cursor) -> Type:
    """SingleType: `any` and a promise have no null."""
    if tokens.accept("any"):
        return Type("any")
    if tokens.next.kind == "Promise":
        return promise_type(tokens)
    return distinguishable_type(tokens)


def union_type(tokens: Cursor) -> Type:
    """UnionType."""
    tokens.expect("(")
    members = [union_member_type(tokens)]
    tokens.expect("or")
    members.append(union_member_type(tokens))
    while tokens.accept("or"):
        members.append(union_member_type(tokens))
    tokens.expect(")", what="'or' or ')'")
    return Type("or", tuple(members))


def union_member_type(tokens: Cursor) -> Type:
    """UnionMemberType."""
    attributes = extended_attribute_list(tokens)
    if tokens.next.kind == "(" and not attributes:
        return null(tokens, union_type(tokens))
    return replace(distinguishable_type(tokens), extended_attributes=attributes)


def distinguishable_type(tokens: Cursor) -> Type:
    """DistinguishableType."""
    token = tokens.next
    if token.kind in ("unsigned", "short", "long"):
        return null(tokens, Type(unsigned_integer_type(tokens)))
    if token.kind in ("unrestricted", "float", "double"):
        return null(tokens, Type(unrestricted_float_type(tokens)))
    if token.kind == "record":
        return null(tokens, record_type(tokens))
    if tokens.accept(*GENERIC_TYPES):
        tokens.expect("<")
        parameter = type_with_extended_attributes(tokens)
        tokens.expect(">")
        return null(tokens, Type(token.kind, (parameter,)))
    if token.kind not in BEGINNINGS_OF_TYPES - {"(", "any", "Promise"}:
        tokens.fail("a type")
    tokens.index += 1
    return array(tokens, null(tokens, Type(identifier_of(token))))


def array(tokens: Cursor, type: Type) -> Type:
    """What Web IDL had until 2015, and Sockets API has still: "T[]", for which it has sequence<T>
    now.
    """
    if tokens.next.kind == "[" and tokens.tokens[tokens.index + 1].kind == "]":
        tokens.index += 2
        return Type("sequence", (type,))
    return type


def null(tokens: Cursor, type: Type) -> Type:
    """Null: the type, nullable if a "?" follows."""
    return replace(type, is_nullable=True) if tokens.accept("?") else type


def unsigned_integer_type(tokens: Cursor) -> str:
    """UnsignedIntegerType."""
    if tokens.accept("unsigned"):
        return f"unsigned {integer_type(tokens)}"
    return integer_type(tokens)


def integer_type(tokens: Cursor) -> str:
    """IntegerType."""
    if tokens.expect("short", "long").kind == "short":
        return "short"
    return "long long" if tokens.accept("long") else "long"


def unrestricted_float_type(tokens: Cursor) -> str:
    """UnrestrictedFloatType."""
    prefix = "unrestricted " if tokens.accept("unrestricted") else ""
    return prefix + tokens.expect("float", "double").text


def promise_type(tokens: Cursor) -> Type:
    """PromiseType."""
    tokens.expect("Promise")
    tokens.expect("<")
    parameter = type_(tokens)
    tokens.expect(">")
    return Type("Promise", (parameter,))


def record_type(tokens: Cursor) -> Type:
    """RecordType."""
    tokens.expect("record")
    tokens.expect("<")
    key = Type(tokens.expect("ByteString", "DOMString", "USVString").text)
    tokens.expect(",")
    value = type_with_extended_attributes(tokens)
    tokens.expect(">")
    return Type("record", (key, value))


def argument_list(tokens: Cursor) -> tuple[Argument, ...]:
    """ArgumentList, and the parentheses around it."""
    tokens.expect("(")
    arguments: list[Argument] = []
    if tokens.next.kind != ")":
        arguments.append(argument(tokens))
        while tokens.accept(","):
            arguments.append(argument(tokens))
    tokens.expect(")", what="',' or ')'")
    return tuple(arguments)


def argument(tokens: Cursor) -> Argument:
    """Argument."""
    attributes = extended_attribute_list(tokens)
    if tokens.accept("optional"):
        type = type_with_extended_attributes(tokens)
        name = argument_name(tokens)
        return Argument(
            name, type, is_optional=True, default=default(tokens), extended_attributes=attributes
        )
    type = type_(tokens)
    is_variadic = tokens.accept("...") is not None
    return Argument(
        argument_name(tokens), type, is_variadic=is_variadic, extended_attributes=attributes
    )


def argument_name(tokens: Cursor) -> str:
    """ArgumentName."""
    return identifier_of(
        tokens.expect("identifier", *ARGUMENT_NAME_KEYWORDS, what="the name of an argument")
    )


def default(tokens: Cursor) -> Value | None:
    """Default."""
    return default_value(tokens) if tokens.accept("=") else None


def default_value(tokens: Cursor) -> Value:
    """DefaultValue."""
    token = tokens.next
    if tokens.accept("string"):
        return Value("string", token.text[1:-1])
    if tokens.accept("["):
        tokens.expect("]")
        return Value("[]", "[]")
    if tokens.accept("{"):
        tokens.expect("}")
        return Value("{}", "{}")
    if tokens.accept("null"):
        return Value("null", "null")
    if tokens.accept("undefined"):
        return Value("undefined", "undefined")
    return const_value(tokens, "a default value")


def const_value(tokens: Cursor, what: str = "true, false or a number") -> Value:
    """ConstValue."""
    token = tokens.next
    if tokens.accept("true", "false"):
        return Value("boolean", token.text)
    if tokens.accept("integer"):
        return Value("integer", token.text)
    return Value(
        "decimal", tokens.expect("decimal", "-Infinity", "Infinity", "NaN", what=what).text
    )


def extended_attribute_list(tokens: Cursor) -> tuple[ExtendedAttribute, ...]:
    """ExtendedAttributeList."""
    if not tokens.accept("["):
        return ()
    attributes = [extended_attribute(tokens)]
    while tokens.accept(","):
        attributes.append(extended_attribute(tokens))
    tokens.expect("]", what="',' or ']'")
    return tuple(attributes)


def extended_attribute(tokens: Cursor) -> ExtendedAttribute:
    """ExtendedAttribute: nearly any sequence of tokens, then matched against the forms that
    extended attributes have.
    """
    start = tokens.index
    skip_other(tokens)
    inside = tokens.tokens[start : tokens.index]
    if not inside:
        tokens.fail("an extended attribute")
    text = " ".join(token.text for token in inside)
    rest = Cursor([*inside[1:], tokens.next._replace(kind="end")])
    name = identifier_of(inside[0]) if inside[0].kind == "identifier" else ""
    values: tuple[str, ...] = ()
    arguments: tuple[Argument, ...] | None = None
    if rest.accept("="):
        if rest.next.kind == "(":
            values = value_list(rest)
        elif value := rest.accept("identifier", "string", "integer", "decimal", "*"):
            values = (value.text.strip('"'),)
    if rest.next.kind == "(" and name:
        arguments = argument_list(rest)
    has_a_form = name and rest.next.kind == "end"
    return (
        ExtendedAttribute(name, text, values, arguments)
        if has_a_form
        else ExtendedAttribute(name, text)
    )


def skip_other(tokens: Cursor) -> None:
    """Other, ExtendedAttributeRest and ExtendedAttributeInner: go to the next comma or bracket of
    what is around.
    """
    awaited: list[str] = []
    while awaited or tokens.next.kind not in (",", "]"):
        token = tokens.next
        if token.kind in CLOSING:
            awaited.append(CLOSING[token.kind])
        elif token.kind in CLOSING.values() and (not awaited or token.kind != awaited.pop()):
            tokens.fail("what closes the brackets before it")
        elif token.kind == "end":
            tokens.fail(f"'{(awaited or [']'])[-1]}'")
        tokens.index += 1


def value_list(tokens: Cursor) -> tuple[str, ...]:
    """IdentifierList or IntegerList, and the parentheses around it; also strings, as in older
    texts.
    """
    tokens.expect("(")
    values = [tokens.expect("identifier", "integer", "string").text]
    while tokens.accept(","):
        values.append(tokens.expect("identifier", "integer", "string").text)
    tokens.expect(")", what="',' or ')'")
    return tuple(value.strip('"') for value in values)
