"""A package of a few lines beside Web IDL of a few lines, compared."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tools.web_idl.checking import Difference, differences
from tools.web_idl.merging import merged
from tools.web_idl.model import Model
from tools.web_idl.parsing import parse
from tools.web_idl.surface import Surface

NUMBERS = count()
PREAMBLE = """
from __future__ import annotations
from collections.abc import Mapping
from typing import *
from typing import Any
class Promise(Generic[TypeVar("T")]): ...
def illegal_constructor(self, *args, **kwargs): raise TypeError("Illegal constructor")
"""

Made = Callable[[str], Surface]


def made_surface(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """A function that makes a package of the text of a module, whose names that begin with a
    capital or with "the_" it exports, but for Promise."""
    made: list[str] = []

    def make(text: str) -> Surface:
        name = f"teahouse{next(NUMBERS)}"
        made.append(name)
        (folder / name).mkdir()
        (folder / name / "rooms.py").write_text(PREAMBLE + text)
        (folder / name / "__init__.py").write_text(
            "from . import rooms as _rooms\n"
            "globals().update({n: v for n, v in vars(_rooms).items()"
            " if getattr(v, '__module__', '') == _rooms.__name__ and n not in ('Promise', "
            "'illegal_constructor')})"
        )
        return Surface(importlib.import_module(name))

    monkeypatch.syspath_prepend(str(folder))
    yield make
    for name in made:
        for module in (name, f"{name}.rooms"):
            sys.modules.pop(module, None)


def model_of(**texts: str) -> Model:
    """The model of some texts, each in a file of its name."""
    return merged(
        [
            definition
            for name, text in texts.items()
            for definition in parse(text, Path(f"{name}.idl"))
        ]
    )


def shown(found: list[Difference]) -> list[str]:
    """Differences as lines."""
    return [
        f"{each.kind} {each.name}" + (f": {each.message}" if each.message else "") for each in found
    ]


def compared(idl: str, surface: Surface) -> list[str]:
    """The differences between some Web IDL and a package, as lines in alphabetical order."""
    return sorted(shown(differences(model_of(tea=idl), surface)))
