"""The environment: what the operator gives to a worker, as attributes of `env`.

No standard defines it; its text is in SPEC_NOTES.md, "Module workers".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# What an instance lacks whose class has an `__init__` that does not call its base's.
SET_BY_THE_BASE = dict.fromkeys(("ctx", "env"), "super().__init__(ctx, env) in its __init__")


class Env(Mapping[str, Any]):
    """The bindings of a worker: variables, secrets, stores. `env.NAME` and `env["NAME"]` are the
    same, and the error for one that is not there says what there is. It does not change.

    A class that derives from this one with annotations tells a type checker what there is.

    SPEC_NOTES.md#environment
    """

    __slots__ = ("_bindings",)

    _bindings: Mapping[str, Any]

    def __init__(self, bindings: Mapping[str, object]) -> None:
        object.__setattr__(self, "_bindings", bindings)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._bindings[name]
        except KeyError:
            raise AttributeError(self._explanation(name), name=name, obj=self) from None

    def __getitem__(self, name: str) -> Any:
        try:
            return self._bindings[name]
        except KeyError:
            raise KeyError(self._explanation(name)) from None

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(
            f"env does not change: keep {name!r} in a variable of the module, or give it to the "
            f"worker with --env {name}=..."
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._bindings)

    def __len__(self) -> int:
        return len(self._bindings)

    def __dir__(self) -> list[str]:
        return sorted(self._bindings)

    def __repr__(self) -> str:
        return f"<env: {', '.join(self._bindings) or 'nothing'}>"  # no values: some are secrets

    def _explanation(self, name: str) -> str:
        from difflib import get_close_matches

        spelt_alike = {each.upper(): each for each in self}
        close = get_close_matches(name.upper(), spelt_alike, n=1)
        return (
            f"env has no {name!r}"
            + (f"; did you mean {spelt_alike[close[0]]!r}?" if close else "")
            + f" (it has {', '.join(self) or 'nothing'}; --env {name}=..., --kv, --dir or "
            "--durable gives it one)"
        )
