"""Checking: each kind of difference between Web IDL and a package is seen, and what is the same is
not.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spec_tests.tools.idl_harness import Made, compared, made_surface, model_of, shown
from tools.web_idl.checking import differences


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    yield from made_surface(tmp_path, monkeypatch)


def interface(members: str, head: str = "Tea") -> str:
    return f"[Exposed=*] interface {head} {{ constructor(); {members} }};"


POT = """
[Exposed=(Window,Worker)] interface Pot {
  constructor(DOMString name, optional PotOptions options = {});
  const unsigned short FULL = 1;
  readonly attribute DOMString name;
  attribute unsigned long? cups;
  stringifier;
  static Pot from(any value);
  [NewObject] Promise<DOMString> brew(optional unsigned long minutes = 3, any... leaves);
  sequence<Pot> all((PotOptions or boolean) options);
  undefined pour(optional boolean slowly = false);
  iterable<DOMString, any>;
};
dictionary PotOptions { boolean hot = true; DOMString leaf; };
"""
PYTHON_POT = """
class PotOptions(TypedDict, total=False):
    hot: bool
    leaf: str
class Pot:
    __slots__ = ("cups",)
    FULL = 1
    cups: int | None
    def __init__(
        self, name: str, options: PotOptions | None = None, *,
        hot: bool = True, leaf: str | None = None
    ) -> None: ...
    @property
    def name(self) -> str: ...
    def __str__(self) -> str: ...
    @staticmethod
    def from_(value: Any) -> Pot: ...
    def brew(self, minutes: int = 3, *leaves: Any) -> Promise[str]: ...
    def all(
        self, options: PotOptions | bool | None = None, *, hot: bool = True, leaf: str | None = None
    ) -> list[Pot]: ...
    def pour(self, slowly: bool = False) -> None: ...
    def __iter__(self): ...
    def entries(self): ...
    def keys(self): ...
    def values(self): ...
    def forEach(self, callback): ...
"""


def test_what_is_the_same_has_no_difference(made: Made) -> None:
    assert compared(POT, made(PYTHON_POT)) == ["extra PotOptions: no standard defines it"]


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ("class Pot:", "class Jar:", "missing tea: the whole standard"),
        ("FULL = 1", "FULL = 2", "different Pot.FULL: is 1, not 2"),
        ("FULL = 1", "EMPTY = 1", "missing Pot.FULL"),
        ("FULL = 1", "EMPTY = 1", "extra Pot.EMPTY"),
        ("__str__", "_text", "missing Pot.__str__: of its stringifier"),
        ("def keys", "def _keys", "missing Pot.keys: of its iterable"),
        ("def pour", "def spill", "missing Pot.pour()"),
        ("def pour", "def spill", "extra Pot.spill"),
        ("    @property\n    def name", "    def name",
            "different Pot.name: an attribute, not an operation"),
        ("    def pour(", "    @property\n    def pour(",
            "different Pot.pour(): an operation, not an attribute"),
        ("    @staticmethod\n    def from_(", "    def from_(self, ",
            "different Pot.from(): static"),
        ("    def pour(self, ", "    @staticmethod\n    def pour(",
            "different Pot.pour(): not static"),
        ("slowly: bool", "fast: bool", "missing Pot.pour(slowly): a positional argument"),
        ("slowly: bool", "fast: bool", "extra Pot.pour(fast): a positional argument"),
        ("slowly: bool", "*, slowly: bool",
            "different Pot.pour(slowly): a positional argument, not a keyword one"),
        ("*leaves: Any", "leaves: Any = None",
            "different Pot.brew(leaves): a variadic argument, not a positional one"),
        ("*,\n        hot: bool = True,", "hot: bool = True, *,",
            "different Pot(hot): a keyword argument, not a positional one"),
        ("        hot: bool = True, ", "", "missing Pot(hot): a keyword argument"),
        ("options: PotOptions | None = None, ", "", "missing Pot(options): a positional argument"),
        ("options: PotOptions | bool | None = None, ", "",
            "missing Pot.all(options): a positional argument"),
        ("minutes: int = 3", "minutes: int = 5",
            "different Pot.brew(minutes): the default is 3, not 5"),
        ("minutes: int = 3", "minutes: int",
            "different Pot.brew(minutes): not required, but it has no default"),
        ("slowly: bool = False", "slowly: bool = 0",
            "different Pot.pour(slowly): the default is false, not 0"),
        ("leaf: str | None = None\n    ) -> None", "leaf: str = ''\n    ) -> None",
            "different Pot(leaf): there is no default, not ''"),
        ("name: str, opt", "name: str = '', opt",
            "different Pot(name): required, but it has the default ''"),
        ("name: str, opt", "name: int, opt", "different Pot(name): takes DOMString, not int"),
        ("name(self) -> str", "name(self) -> str | None",
            "different Pot.name: is DOMString, not str | None"),
        ("name(self) -> str", "name(self) -> bytes", "different Pot.name: is DOMString, not bytes"),
        ("cups: int | None", "cups: int", "different Pot.cups: is unsigned long?, not int"),
        ("-> Promise[str]", "-> str",
            "different Pot.brew(): what it returns is Promise<DOMString>, not str"),
        ("-> Promise[str]", "-> Promise[int]",
            "different Pot.brew(): what it returns is DOMString, not int"),
        ("-> list[Pot]", "-> tuple[Pot, ...]",
            "different Pot.all(): what it returns is sequence<Pot>, not tuple["),
        ("    def __init__", "    __init__ = illegal_constructor\n    def _init",
            "missing Pot(): cannot be constructed"),
    ],
)  # fmt: skip
def test_a_difference(made: Made, old: str, new: str, difference: str) -> None:
    assert old in PYTHON_POT
    assert any(
        line.startswith(difference) for line in compared(POT, made(PYTHON_POT.replace(old, new, 1)))
    )


def test_whether_an_attribute_can_be_set(made: Made) -> None:
    readonly = "readonly attribute any"
    idl = interface(f"{readonly} a; attribute any b; [Replaceable] {readonly} c; {readonly} d;")
    python = """
class Tea:
    __slots__ = ("a",)
    b = property(lambda self: 1)
    c = property(lambda self: 1)
    d = property(lambda self: 1)
"""
    assert compared(idl, made(python)) == [
        "different Tea.a: read only, but in Python it can be set",
        "different Tea.b: can be set, but not in Python",
        "different Tea.c: can be set, but not in Python",
    ]


def test_inheritance(made: Made) -> None:
    idl = interface("") + interface("", "Green : Tea") + interface("", "Cup")
    right = "class Tea: ...\nclass Green(Tea): ...\nclass Cup: ..."
    assert compared(idl, made(right)) == []
    wrong = "class Tea: ...\nclass Green: ...\nclass Cup(Tea): ..."
    assert compared(idl, made(wrong)) == [
        "different Cup: derives from nothing, not from Tea",
        "different Green: derives from Tea, not from nothing",
    ]


def test_an_interface_that_cannot_be_constructed(made: Made) -> None:
    idl = "[Exposed=*] interface Tea {};"
    assert compared(idl, made("class Tea:\n    __init__ = illegal_constructor")) == []
    assert compared(idl, made("class Tea: ...")) == ["extra Tea(): can be constructed"]


def test_what_is_exposed_elsewhere_is_of_no_concern(made: Made) -> None:
    idl = "[Exposed=Window] interface Page {};" + interface(
        "[Exposed=Window] undefined print(); [Exposed=Worker] undefined f();"
    )
    assert compared(idl, made("class Tea: ...")) == ["missing Tea.f()"]


def test_overloads_are_one_function(made: Made) -> None:
    idl = interface(
        "undefined add(DOMString name, DOMString value); undefined add(DOMString name, Tea tea, "
        "optional long count);"
    )
    assert (
        compared(
            idl,
            made(
                "class Tea:\n    def add(self, name: str, value: str | Tea, count: int | None = "
                "None) -> None: ..."
            ),
        )
        == []
    )


def test_members_of_an_unpacked_typed_dict_are_keyword_arguments(made: Made) -> None:
    idl = interface("undefined f(optional Options options = {});")
    idl += "dictionary Options { required long a; boolean b = false; };"
    python = """
class Options(TypedDict, total=False):
    a: Required[int]
    c: str
class Tea:
    def f(self, options: Options | None = None, **members: Unpack[Options]) -> None: ...
"""
    assert compared(idl, made(python)) == [
        "extra Options.c: a member",
        "extra Options: no standard defines it",
        "extra Tea.f(c): a keyword argument",
        "missing Options.b: a member",
        "missing Tea.f(b): a keyword argument",
    ]


def test_overloads_may_name_the_typed_dict(made: Made) -> None:
    idl = interface("undefined f(Options options);") + "dictionary Options { required long a; };"
    python = """
class Options(TypedDict):
    a: int
class Tea:
    @overload
    def f(self, options: Options) -> None: ...
    @overload
    def f(self, **members: Unpack[Options]) -> None: ...
    def f(self, options: object = None, **members: Any) -> None: ...
"""
    assert compared(idl, made(python)) == ["extra Options: no standard defines it"]


def test_a_dictionary_may_be_one_argument(made: Made) -> None:
    idl = interface("undefined f(optional Source source);") + "dictionary Source { long a; };"
    assert (
        compared(idl, made("class Tea:\n    def f(self, source: object = None) -> None: ...")) == []
    )


def test_a_dictionary_that_is_handed_out_is_an_object_with_its_members(made: Made) -> None:
    idl = interface("Promise<Result?> f();") + "dictionary Result { any value; boolean done; };"
    python = (
        "class Result(NamedTuple):\n    value: Any\n    {}: bool\nclass Tea:\n"
        "    def f(self) -> Promise[Result | None]: ..."
    )
    names = "extra Result: no standard defines it"
    assert compared(idl, made(python.format("done"))) == [names]
    assert compared(idl, made(python.format("ended"))) == [
        "different Tea.f(): what it returns has value, done, not value, ended",
        names,
    ]


def test_enumerations_are_literals(made: Made) -> None:
    idl = (
        interface("undefined f(Kind kind); readonly attribute Kind kind;")
        + 'enum Kind { "green", "black" };'
    )
    python = """
Kind: TypeAlias = Literal["green", "red"]
class Tea:
    def f(self, kind: Kind) -> None: ...
    @property
    def kind(self) -> Literal["black", "green"]: ...
"""
    assert compared(idl, made(python)) == [
        'different Tea.f(kind): lacks "black"; also has "red"',
        "extra Kind: red",
        "missing Kind: black",
    ]


@pytest.mark.parametrize(
    ("member", "method"),
    [
        ("async_iterable<any>;", "__aiter__"),
        ("maplike<DOMString, any>;", "set"),
        ("readonly setlike<any>;", "has"),
        ("getter any (unsigned long index);", "__getitem__"),
        ("setter undefined (unsigned long index, any value);", "__setitem__"),
        ("deleter undefined (unsigned long index);", "__delitem__"),
    ],
)
def test_what_has_no_name_in_web_idl(made: Made, member: str, method: str) -> None:
    assert any(
        line.startswith(f"missing Tea.{method}: of its ")
        for line in compared(interface(member), made("class Tea: ..."))
    )


def test_a_member_that_is_static_and_not(made: Made) -> None:
    idl = interface("static Tea json(any data); any json();")
    python = """
def json_of(data: Any) -> Tea: ...
class Both:
    def __get__(self, instance, owner): return json_of if instance is None else lambda: None
class Tea:
    json = Both()
"""
    names = [line for line in compared(idl, made(python)) if "no standard" not in line]
    assert names == []


def test_namespaces(made: Made) -> None:
    idl = "[Exposed=*] namespace the_pot { undefined pour(long a); undefined empty(); };"
    surface = made(
        "class Namespace:\n    def pour(self, a: int) -> None: ...\n    def spill(self): ...\n"
        "the_pot = Namespace()"
    )
    setattr(surface.package, "the_pot", vars(surface.package)["Namespace"]())
    assert compared(idl, surface) == [
        "extra Namespace: no standard defines it",
        "extra the_pot.spill",
        "missing the_pot.empty()",
    ]


def test_what_a_scope_has_can_be_imported(made: Made) -> None:
    idl = "[Exposed=Worker] interface WorkerGlobalScope { undefined fetch(any a); };"
    python = (
        "class WorkerGlobalScope:\n    __init__ = illegal_constructor\n"
        "    def fetch(self, a): ...\n"
    )
    assert compared(idl, made(python)) == ["missing fetch(): cannot be imported"]
    assert compared(idl, made(python + "def fetch(a): ...")) == []


def test_a_standard_of_which_nothing_is_here_is_one_difference(made: Made) -> None:
    model = model_of(
        tea=interface("undefined brew();"),
        cups="[Exposed=*] interface Cup { attribute any a; }; [Exposed=*] interface Mug {};",
        pots="partial interface Tea { undefined pour(); };",
    )
    assert shown(differences(model, made("class Tea:\n    def brew(self) -> None: ..."))) == [
        "missing cups: the whole standard",
        "missing pots: the whole standard",
    ]
