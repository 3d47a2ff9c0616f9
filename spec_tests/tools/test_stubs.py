"""Stubs: what they show of a package, and that mypy reads those of the platform as it reads the
platform.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tools.web_idl.merging import merged
from tools.web_idl.model import Model
from tools.web_idl.parsing import parse
from tools.web_idl.signatures import Package
from tools.web_idl.stubs import write_stubs

ROOT = Path(__file__).parent.parent.parent
PLATFORM = ROOT / "reference" / "worker_runtime"
EXAMPLES = ROOT / "reference" / "examples"

IDL = """
    [Exposed=*] interface Pot : Vessel {
      constructor(unsigned long size, optional PotInit init = {});
      const unsigned short FULL = 2;
      readonly attribute unsigned long size;
      attribute EventHandler onboil;
      Promise<undefined> from(USVString... leaves);
    };
    interface mixin Lid { readonly attribute boolean isOpen; };
    Pot includes Lid;
    [Exposed=Worker] interface Kettle {};
    [Exposed=Window] interface Shelf {};
"""
FILES = {
    "__init__.py": (
        "from .tea.pot import Pot as Pot\nfrom .tea.pot import boil as boil\n"
        "from .tea.pot import pot as pot\n"
    ),
    "tea/__init__.py": '"""Tea: what is drunk."""\n',
    "tea/lid.py": """
        from typing import TypeVar
        T = TypeVar("T")
        class Lid:
            __slots__ = ()
            @property
            def isOpen(self) -> bool:
                return True
    """,
    "tea/pot.py": '''
        import builtins
        from collections.abc import Mapping
        from typing import Literal, TypeAlias, overload
        from .lid import Lid, T

        Colour: TypeAlias = "Literal['red', 'blue'] | Mapping[str, Pot]"

        def illegal_constructor(self: object) -> None: ...

        class Handler:
            def __get__(self, pot: "Pot", owner: type) -> object: ...

        class Water:
            """Water."""
            __init__ = illegal_constructor

        def pour(cup: T, /, *, to: "int" = 3) -> T:
            return cup

        class Pot(Lid):
            """Holds tea.

            https://tea.example/#pot
            """
            __slots__ = ("_water",)
            _water: Water
            FULL = 2
            onboil = Handler()
            pour = staticmethod(pour)
            def __init__(self, size: int, colour: Colour = "red", *lids: Lid, **more: str) -> None:
                self._water = None
            @property
            def size(self) -> int: ...
            @size.setter
            def size(self, value: int) -> None: ...
            @overload
            def from_(self, leaves: str) -> builtins.bytes: ...
            @overload
            def from_(self, leaves: None) -> None: ...
            def from_(self, leaves: str | None) -> builtins.bytes | None: ...
            def bytes(self) -> Water: ...
            def _hidden(self) -> None: ...

        class GlobalOperation:
            def __init__(self, operation: object) -> None: ...

        boil = GlobalOperation(Pot.bytes)
        pot: Pot = object.__new__(Pot)
    ''',
}


@pytest.fixture
def text(tmp_path: Path) -> str:
    """The stub of a package about tea."""
    for name, content in FILES.items():
        file = tmp_path / "tea_runtime" / name
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(dedent(content), "utf-8")
    model = merged(parse(IDL, Path("tea.idl")))
    stub, marker = write_stubs(tmp_path / "stubs", Package(tmp_path / "tea_runtime"), model)
    assert marker.name == "py.typed" and stub.parent.name == "tea_runtime"
    return stub.read_text("utf-8")


class TestStub:
    def test_what_is_exported_keeps_its_name_and_the_rest_has_an_underscore(
        self, text: str
    ) -> None:
        assert "\nclass Pot(_Lid):\n" in text
        assert "\nclass _Lid:\n" in text
        assert "\npot: Pot\n" in text

    def test_what_is_private_is_not_there(self, text: str) -> None:
        assert "_hidden" not in text and "_water" not in text and "__slots__" not in text

    def test_a_docstring_stays(self, text: str) -> None:
        assert '    """Holds tea.\n\n    https://tea.example/#pot\n    """\n' in text

    def test_members_come_with_their_idl(self, text: str) -> None:
        assert "    # const unsigned short FULL = 2;\n    FULL: Final = 2\n" in text
        assert (
            "    # readonly attribute unsigned long size;\n    @property\n"
            "    def size(self) -> int: ...\n" in text
        )
        assert "    # attribute EventHandler onboil;\n    onboil: _Handler\n" in text
        assert (
            "    # Promise<undefined> from(USVString... leaves);\n    @overload\n    def from_("
            in text
        )
        assert (
            "    # constructor(unsigned long size, optional PotInit init = {});\n    def __init__("
            in text
        )

    def test_a_member_of_a_mixin_comes_with_its_idl_in_the_mixin(self, text: str) -> None:
        assert (
            "    # readonly attribute boolean isOpen;\n    @property\n"
            "    def isOpen(self) -> bool: ...\n" in text
        )

    def test_parameters_have_kinds_annotations_and_plain_defaults(self, text: str) -> None:
        assert (
            'def __init__(self, size: int, colour: _Colour = "red", *lids: _Lid, **more: str) -> '
            "None: ..." in text
        )
        assert "@staticmethod\n    def pour(cup: _T, /, *, to: int = 3) -> _T: ..." in text

    def test_a_setter_stays_with_its_property(self, text: str) -> None:
        assert "@size.setter\n    def size(self, value: int) -> None: ...\n" in text

    def test_an_overloaded_method_is_without_its_implementation(self, text: str) -> None:
        assert text.count("def from_(") == text.count("@overload") == 2

    def test_a_type_that_a_member_hides_stays_qualified(self, text: str) -> None:
        assert "import builtins\n" in text
        assert "def from_(self, leaves: str) -> builtins.bytes: ..." in text

    def test_an_alias_that_is_a_string_is_code(self, text: str) -> None:
        assert '_Colour: TypeAlias = Literal["red", "blue"] | Mapping[str, Pot]\n' in text

    def test_what_cannot_be_constructed_says_so_to_the_type_checker(self, text: str) -> None:
        assert "def __init__(self, illegal_constructor: Never, /) -> None: ..." in text

    def test_an_operation_of_the_scope_is_a_function(self, text: str) -> None:
        assert "\ndef boil() -> _Water: ...\n" in text

    def test_a_type_variable_is_renamed_in_itself_too(self, text: str) -> None:
        assert '\n_T = TypeVar("_T")\n' in text

    def test_an_attribute_that_the_class_does_not_declare_is_an_error(self, tmp_path: Path) -> None:
        package = tmp_path / "tea_runtime"
        (package / "tea").mkdir(parents=True)
        (package / "tea/__init__.py").write_text('"""Tea: what is drunk."""\n')
        (package / "__init__.py").write_text("from .tea.cup import Cup as Cup\n")
        cup = (
            "class Cup:\n    {}\n    def __init__(self) -> None:\n        self.tea = self._x = 1\n"
        )
        (package / "tea/cup.py").write_text(cup.format(""))
        with pytest.raises(AssertionError, match=r"sets Cup\.tea, .*: declare it in the class"):
            write_stubs(tmp_path, Package(package), Model())
        (package / "tea/cup.py").write_text(cup.format("tea: int"))
        stub, _ = write_stubs(tmp_path, Package(package), Model())
        assert "    tea: int\n" in stub.read_text("utf-8")

    def test_what_the_idl_has_beyond_the_package_is_named(self, text: str) -> None:
        assert "\n# tea: Kettle\n" in text
        assert "Shelf" not in text  # which no worker sees


# ---- the platform --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the stubs of the platform and nothing else."""
    folder = tmp_path_factory.mktemp("stubs")
    write_stubs(folder, Package(PLATFORM), Model())
    return folder


def run_mypy(
    stubs: Path, *arguments: str | Path, module: str = "mypy"
) -> subprocess.CompletedProcess[str]:
    """mypy, or what comes with it, where the platform's own code is not to be found."""
    pytest.importorskip("mypy")
    environment = {
        **os.environ,
        "MYPYPATH": str(stubs),
        "PYTHONPATH": str(ROOT / "reference") if module != "mypy" else "",
    }
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(command, cwd=stubs, env=environment, capture_output=True, text=True)


class TestStubsOfThePlatform:
    def test_the_examples_are_typed_by_them_alone(self, stubs: Path, tmp_path: Path) -> None:
        workers = [shutil.copy(example, tmp_path) for example in EXAMPLES.glob("*.py")]
        result = run_mypy(stubs, "--strict", "--config-file=", *workers, stubs / "worker_runtime")
        assert result.returncode == 0, result.stdout + result.stderr

    def test_a_worker_with_mistakes_is_refused_for_each(self, stubs: Path, tmp_path: Path) -> None:
        worker = tmp_path / "worker.py"
        worker.write_text(
            dedent("""
            from worker_runtime import AbortSignal, FetchEvent, Headers, Request, Response
            from worker_runtime import WebSocket, console, fetch

            Response("no", status="404")
            AbortSignal()
            Headers().append("only a name")
            console.lgo("misspelt")
            fetch("https://example.com/", mehtod="POST")
            async def read(request: Request) -> int:
                return await request.text()
            def socket(event: FetchEvent) -> WebSocket:
                event.request.url = "https://example.com/"
                return WebSocket("wss://example.com/", binaryType="blob")
        """)
        )
        result = run_mypy(stubs, "--strict", "--config-file=", "--no-error-summary", worker)
        lines = [
            int(line.split(":")[1]) for line in result.stdout.splitlines() if ": error: " in line
        ]
        assert sorted(set(lines)) == [5, 6, 7, 8, 9, 11, 13, 14], result.stdout + result.stderr

    def test_an_object_its_storage_and_its_bindings_have_types(
        self, stubs: Path, tmp_path: Path
    ) -> None:
        worker = tmp_path / "worker.py"
        worker.write_text(
            dedent("""
            from worker_runtime import (
                DurableObject, DurableObjectNamespace, DurableObjectState, Env, KVNamespace,
                Request, Response, WorkerEntrypoint,
            )

            class Bindings(Env):
                CACHE: KVNamespace
                ROOM: DurableObjectNamespace

            class Room(DurableObject):
                env: Bindings

                def __init__(self, ctx: DurableObjectState, env: Bindings) -> None:
                    super().__init__(ctx, env)

                async def fetch(self, request: Request) -> Response:
                    await self.ctx.storage.setAlarm(0)
                    text: str | None = await self.env.CACHE.get("x")
                    image: bytes | None = await self.env.CACHE.get("x", "arrayBuffer")
                    texts: dict[str, str] = await self.env.CACHE.get(["x"])
                    return Response(image or text, headers=texts)

            class Default(WorkerEntrypoint):
                env: Bindings

                async def fetch(self, request: Request) -> Response:
                    return await self.env.ROOM.getByName("x").fetch(request)
        """)
        )
        result = run_mypy(stubs, "--strict", "--config-file=", worker)
        assert result.returncode == 0, result.stdout + result.stderr

    def test_they_say_what_the_platform_is_when_it_runs(self, stubs: Path) -> None:
        """What differs does so by construction: a descriptor, a None that stands for no awaitable,
        and one where a dictionary with a required member may be missing because its members are
        keywords.
        """
        result = run_mypy(
            stubs, "--ignore-missing-stub", "--concise", "worker_runtime", module="mypy.stubtest"
        )
        different = {
            line.split()[0].removeprefix("worker_runtime.") for line in result.stdout.splitlines()
        }
        with_required_members = {
            "ByteLengthQueuingStrategy.__init__",
            "CookieStore.delete",
            "CookieStore.set",
            "CountQueuingStrategy.__init__",
            "FetchEvent.__init__",
            "PromiseRejectionEvent.__init__",
            "RequestCookieStore.delete",
            "RequestCookieStore.set",
        }
        others = {"Promise.resolve", "Response.json"}
        assert different == others | with_required_members, result.stdout + result.stderr
