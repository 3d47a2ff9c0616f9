"""Parsing of Web IDL: every production of the grammar, and what is said of a text that is not
one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest

from tools.web_idl.model import (
    Argument,
    Attribute,
    Callback,
    Constant,
    Constructor,
    Definition,
    Dictionary,
    Enum,
    ExtendedAttribute,
    Includes,
    Interface,
    Iteration,
    Member,
    Operation,
    Type,
    Typedef,
    Value,
)
from tools.web_idl.parsing import parse
from tools.web_idl.tokenizing import BUFFER_RELATED_TYPES, IDLSyntaxError, tokenize

TEA = Path("tea.idl")
D = TypeVar("D", bound=Definition)
M = TypeVar("M", bound=Member)


def the_only(kind: type[D], text: str) -> D:
    [definition] = parse(text, TEA)
    assert isinstance(definition, kind)
    return definition


def member(kind: type[M], text: str, around: str = "interface") -> M:
    [found] = the_only(Interface, f"{around} Tea {{ {text} }};").members
    assert isinstance(found, kind)
    return found


def type_of(text: str) -> Type:
    return the_only(Typedef, f"typedef {text} T;").type


def test_tokens_have_kinds_and_places_without_whitespace_and_comments() -> None:
    tokens = tokenize('a /* 1\n2 */ _enum 0x1F\n// b\n -1.5e3 "c"...', TEA)
    assert [(token.kind, token.text) for token in tokens] == [
        ("identifier", "a"), ("identifier", "_enum"), ("integer", "0x1F"), ("decimal", "-1.5e3"),
        ("string", '"c"'), ("...", "..."), ("end", ""),
    ]  # fmt: skip
    assert [str(token.place) for token in tokens[:4]] == [
        "tea.idl:1:1",
        "tea.idl:2:6",
        "tea.idl:2:12",
        "tea.idl:4:2",
    ]


class TestDefinitions:
    def test_interface(self) -> None:
        assert the_only(Interface, "interface Tea {};").inheritance is None
        interface = the_only(Interface, "[Exposed=(Window,Worker)] interface Tea : Drink {};")
        assert (interface.name, interface.kind, interface.inheritance) == (
            "Tea",
            "interface",
            "Drink",
        )
        assert interface.exposure == ("Window", "Worker")

    def test_partial_interface_and_mixin(self) -> None:
        assert the_only(Interface, "partial interface Tea {};").is_partial
        mixin = the_only(Interface, "partial interface mixin Tea {};")
        assert (mixin.is_partial, mixin.kind) == (True, "mixin")
        assert not the_only(Interface, "interface mixin Tea {};").is_partial

    def test_callback_interface(self) -> None:
        assert the_only(Interface, "callback interface Tea {};").kind == "callback interface"

    def test_namespace_and_partial_namespace(self) -> None:
        assert the_only(Interface, "namespace tea {};").kind == "namespace"
        partial = the_only(Interface, "partial namespace tea {};")
        assert (partial.kind, partial.is_partial) == ("namespace", True)

    def test_callback(self) -> None:
        callback = the_only(Callback, "callback Brew = Promise<any> (long... minutes);")
        assert str(callback.type) == "Promise<any>"
        assert callback.arguments == (Argument("minutes", Type("long"), is_variadic=True),)

    def test_dictionary(self) -> None:
        dictionary = the_only(
            Dictionary,
            "dictionary Tea : Drink { required [Clamp] long cups; boolean hot = true; [A] any "
            "leaf; sequence<long> n = []; };",
        )
        assert dictionary.inheritance == "Drink"
        assert [(m.name, m.is_required, m.default and str(m.default)) for m
            in dictionary.members] == [
            ("cups", True, None), ("hot", False, "true"), ("leaf", False, None), ("n", False, "[]"),
        ]  # fmt: skip
        assert str(dictionary.members[0].type) == "[Clamp] long"
        assert dictionary.members[2].extended_attribute("A")
        assert the_only(Dictionary, "partial dictionary Tea {};").is_partial

    def test_enumeration(self) -> None:
        assert the_only(Enum, 'enum Tea { "green" };').values == ("green",)
        assert the_only(Enum, 'enum Tea { "green", "", };').values == ("green", "")

    def test_typedef_and_includes(self) -> None:
        assert (
            str(the_only(Typedef, "typedef [EnforceRange] unsigned long long T;").type)
            == "[EnforceRange] unsigned long long"
        )
        assert the_only(Includes, "[A] Tea includes _Hot;") == Includes(
            place=the_only(Includes, "A includes B;").place, interface="Tea", mixin="Hot",
            extended_attributes=(ExtendedAttribute("A", "A"),),
        )  # fmt: skip

    def test_one_after_another(self) -> None:
        definitions = parse('interface A {};\nenum B { "" };', TEA)
        assert [
            (type(definition).__name__, definition.place.line) for definition in definitions
        ] == [
            ("Interface", 1),
            ("Enum", 2),
        ]


class TestMembers:
    @pytest.mark.parametrize(
        ("text", "python"),
        [("true", True), ("false", False), ("0", 0), ("-12", -12), ("0x1F", 31), ("017", 15),
            ("1.5", 1.5), (".5e1", 5.0),
         ("Infinity", float("inf")), ("-Infinity", float("-inf"))],
    )  # fmt: skip
    def test_constants(self, text: str, python: object) -> None:
        constant = member(Constant, f"const Number ONE = {text};")
        assert (constant.name, str(constant.type), constant.value.to_python()) == (
            "ONE",
            "Number",
            python,
        )

    def test_a_constant_that_is_no_number(self) -> None:
        assert member(Constant, "const double N = NaN;", "callback interface").value == Value(
            "decimal", "NaN"
        )

    @pytest.mark.parametrize(
        ("text", "flags"),
        [
            ("attribute any tea;", set()),
            ("readonly attribute any tea;", {"is_readonly"}),
            ("inherit attribute any tea;", {"is_inherited"}),
            ("static attribute any tea;", {"is_static"}),
            ("static readonly attribute any tea;", {"is_static", "is_readonly"}),
            ("stringifier attribute any tea;", {"is_stringifier"}),
            ("stringifier readonly attribute any tea;", {"is_stringifier", "is_readonly"}),
        ],
    )
    def test_attributes(self, text: str, flags: set[str]) -> None:
        attribute = member(Attribute, text)
        all_flags = ("is_readonly", "is_static", "is_inherited", "is_stringifier")
        assert {flag for flag in all_flags if getattr(attribute, flag)} == flags
        assert attribute.name == "tea"

    def test_names_that_are_keywords(self) -> None:
        assert member(Attribute, "attribute long required;").name == "required"
        assert member(Attribute, "attribute long _interface;").name == "interface"
        assert (
            member(Operation, "undefined includes(any callback, any constructor);").name
            == "includes"
        )
        assert member(Operation, "undefined _constructor();").name == "constructor"

    @pytest.mark.parametrize("special", ["static", "getter", "setter", "deleter"])
    def test_operations(self, special: str) -> None:
        assert member(Operation, "undefined brew();").special == ""
        assert member(Operation, f"{special} any brew(any a);").special == special
        assert member(Operation, "getter any (DOMString name);").name == ""

    def test_arguments(self) -> None:
        operation = member(
            Operation,
            "[A] undefined f(T? a, [B] optional [C] long b = 1, optional D c = {}, any... d);",
        )
        assert operation.arguments == (
            Argument("a", Type("T", is_nullable=True)),
            Argument("b", Type("long", (), False, (ExtendedAttribute("C", "C"),)), True, False,
                Value("integer", "1"),
                     (ExtendedAttribute("B", "B"),)),
            Argument("c", Type("D"), is_optional=True, default=Value("{}", "{}")),
            Argument("d", Type("any"), is_variadic=True),
        )  # fmt: skip

    @pytest.mark.parametrize("text", ["null", "undefined", "[]", "{}", '"a b"', "1", "1.5", "true"])
    def test_default_values(self, text: str) -> None:
        [argument] = member(Operation, f"undefined f(optional any a = {text});").arguments
        assert str(argument.default) == text

    def test_stringifier_and_constructor(self) -> None:
        assert member(Operation, "stringifier;").special == "stringifier"
        assert member(Constructor, "[A] constructor(any a);").arguments == (
            Argument("a", Type("any")),
        )

    @pytest.mark.parametrize(
        ("text", "kind", "types"),
        [
            ("iterable<[A] long>;", "iterable", ["[A] long"]),
            ("iterable<DOMString, any>;", "iterable", ["DOMString", "any"]),
            ("async_iterable<any>;", "async_iterable", ["any"]),
            ("async_iterable<any, long>(optional long a);", "async_iterable", ["any", "long"]),
            ("async iterable<any>;", "async_iterable", ["any"]),
            ("maplike<DOMString, any>;", "maplike", ["DOMString", "any"]),
            ("readonly maplike<DOMString, any>;", "maplike", ["DOMString", "any"]),
            ("setlike<any>;", "setlike", ["any"]),
            ("readonly setlike<any>;", "setlike", ["any"]),
        ],
    )
    def test_iterations(self, text: str, kind: str, types: list[str]) -> None:
        iteration = member(Iteration, text)
        assert (iteration.kind, [str(type) for type in iteration.types]) == (kind, types)
        assert iteration.is_readonly == text.startswith("readonly")
        assert len(iteration.arguments) == text.count("optional")

    def test_members_of_mixins_namespaces_and_callback_interfaces(self) -> None:
        for around in ("interface mixin", "namespace", "callback interface", "partial interface"):
            assert member(Constant, "const long A = 1;", around).name == "A"
            assert member(Operation, "any f();", around).name == "f"
        for around in ("interface mixin", "namespace"):
            assert member(Attribute, "readonly attribute any a;", around).is_readonly
        assert not member(Attribute, "attribute any a;", "interface mixin").is_readonly
        assert member(Attribute, "stringifier attribute any a;", "interface mixin").is_stringifier


class TestTypes:
    @pytest.mark.parametrize(
        "text",
        [
            *BUFFER_RELATED_TYPES, "any", "undefined", "boolean", "byte", "octet", "bigint",
            "short", "unsigned short", "long", "unsigned long", "long long", "unsigned long long",
            "float", "unrestricted float", "double", "unrestricted double",
            "ByteString", "DOMString", "USVString", "object", "symbol", "Tea", "Tea?", "long long?",
            "sequence<long>", "sequence<[A] long?>?", "async_sequence<any>", "FrozenArray<Tea>",
            "ObservableArray<Tea>", "record<USVString, sequence<any>>", "Promise<undefined>",
            "Promise<(A or B)>", "(A or B)", "(A or (B? or [C] D) or E)?",
        ],
    )  # fmt: skip
    def test_a_type_reads_as_it_is_written(self, text: str) -> None:
        assert str(type_of(text)) == text

    def test_an_array_of_older_texts_is_a_sequence(self) -> None:
        assert str(type_of("DOMString[]")) == "sequence<DOMString>"

    def test_parts_of_a_type(self) -> None:
        assert type_of("record<DOMString, long?>?") == Type(
            "record", (Type("DOMString"), Type("long", is_nullable=True)), is_nullable=True
        )
        assert type_of("(A or B)") == Type("or", (Type("A"), Type("B")))

    @pytest.mark.parametrize(
        "text",
        [
            "any?",
            "Promise<any>?",
            "record<long, any>",
            "(A)",
            "(A or any)",
            "unsigned double",
            "sequence",
        ],
    )
    def test_what_is_no_type(self, text: str) -> None:
        with pytest.raises(IDLSyntaxError, match=r"^tea\.idl:1:\d+: expected "):
            type_of(text)


class TestExtendedAttributes:
    @pytest.mark.parametrize(
        ("text", "name", "values"),
        [
            ("SameObject", "SameObject", ()),
            ("Exposed = Window", "Exposed", ("Window",)),
            ("Exposed = *", "Exposed", ("*",)),
            ('Reflect = "a b"', "Reflect", ("a b",)),
            ("Tea = 12", "Tea", ("12",)),
            ("Tea = 1.5", "Tea", ("1.5",)),
            ("Exposed = ( Window , Worker )", "Exposed", ("Window", "Worker")),
            ("Tea = ( 1 , 2 )", "Tea", ("1", "2")),
        ],
    )
    def test_forms_with_values(self, text: str, name: str, values: tuple[str, ...]) -> None:
        [attribute] = the_only(Interface, f"[{text}] interface A {{}};").extended_attributes
        assert attribute == ExtendedAttribute(name, text, values)

    def test_forms_with_arguments(self) -> None:
        first, second = the_only(
            Interface, "[A(long b), LegacyFactoryFunction=Tea(optional any c)] interface A {};"
        ).extended_attributes
        assert (first.name, first.arguments) == ("A", (Argument("b", Type("long")),))
        assert (second.values, second.arguments) == (
            ("Tea",),
            (Argument("c", Type("any"), is_optional=True),),
        )

    def test_what_has_no_form_is_kept_as_text(self) -> None:
        first, second = the_only(
            Interface, "[A b (c, [d]) {}, *] interface A {};"
        ).extended_attributes
        assert (first, second) == (
            ExtendedAttribute("A", "A b ( c , [ d ] ) { }"),
            ExtendedAttribute("", "*"),
        )

    @pytest.mark.parametrize("text", ["[]", "[A,]", "[A(]", "[(A]", "[A", "[)]"])
    def test_brackets_that_do_not_match(self, text: str) -> None:
        with pytest.raises(IDLSyntaxError):
            parse(f"{text} interface A {{}};", TEA)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("interface {};", "tea.idl:1:11: expected 'mixin' or the name of an interface, not '{'"),
        ("interface A {}", "tea.idl:1:15: expected ';', not the end of the file"),
        ("interface A {\n  readonly any a;\n};", "tea.idl:2:12: expected 'attribute', not 'any'"),
        (
            "interface A { undefined f(long); };",
            "tea.idl:1:31: expected the name of an argument, not ')'",
        ),
        (
            "interface A { undefined f(long a long b); };",
            "tea.idl:1:34: expected ',' or ')', not 'long'",
        ),
        ("interface A { undefined f(long a = 1); };", "tea.idl:1:34: expected ',' or ')', not '='"),
        ("interface A { any; };", "tea.idl:1:18: expected the name of an operation, not ';'"),
        ("interface A { any a; };", "tea.idl:1:20: expected '(', not ';'"),
        (
            "partial interface A { constructor(); };",
            "tea.idl:1:23: expected a member of an interface, not 'constructor'",
        ),
        (
            "interface mixin A { static any f(); };",
            "tea.idl:1:21: expected a member of a mixin, not 'static'",
        ),
        (
            "namespace A { attribute any f; };",
            "tea.idl:1:15: expected a member of a namespace, not 'attribute'",
        ),
        (
            "callback interface A { attribute any f; };",
            "tea.idl:1:24: expected a constant or an operation, not 'attribute'",
        ),
        (
            "partial enum A {};",
            "tea.idl:1:9: expected 'interface', 'dictionary' or 'namespace', not 'enum'",
        ),
        ("enum A {};", "tea.idl:1:9: expected a string, not '}'"),
        ('enum A { "a" "b" };', "tea.idl:1:14: expected ',' or '}', not '\"b\"'"),
        (
            "dictionary A { DOMString[a] a; };",
            "tea.idl:1:25: expected the name of a member, not '['",
        ),
        ("dictionary A { long a = };", "tea.idl:1:25: expected a default value, not '}'"),
        ("dictionary A { long a };", "tea.idl:1:23: expected '=' or ';', not '}'"),
        (
            "interface A { const long B = null; };",
            "tea.idl:1:30: expected true, false or a number, not 'null'",
        ),
        (
            "A implements B;",
            "tea.idl:1:3: expected 'includes' after 'A', or a definition, not 'implements'",
        ),
        ("callback A();", "tea.idl:1:11: expected '=', not '('"),
        ("= 1", "tea.idl:1:1: expected a definition, not '='"),
        ("interface A {};\n/* ...", "tea.idl:2:1: this comment has no end"),
        ('enum A { "a };', "tea.idl:1:10: this string has no end"),
    ],
)
def test_errors_say_where_and_what_was_expected(text: str, message: str) -> None:
    with pytest.raises(IDLSyntaxError) as caught:
        parse(text, TEA)
    assert str(caught.value) == message
