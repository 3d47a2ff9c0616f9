"""SPEC_NOTES.md, "Module workers": the environment."""

from __future__ import annotations

import re

import pytest

from worker_runtime import Env

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#environment")
class TestEnv:
    def test_has_attributes_and_items(self) -> None:
        env = Env({"TOKEN": "secret", "keys": "of a name that a mapping has"})
        assert (env.TOKEN, env["TOKEN"], env["keys"]) == (
            "secret",
            "secret",
            "of a name that a mapping has",
        )
        assert ("TOKEN" in env, "NOPE" in env, env.get("NOPE", "none")) == (True, False, "none")
        assert dict(env) == {"TOKEN": "secret", "keys": "of a name that a mapping has"}
        assert dir(env) == ["TOKEN", "keys"]

    @pytest.mark.parametrize(
        "bindings, message",
        [
            (
                {"A": 1, "B": 2},
                "env has no 'NOPE' (it has A, B; --env NOPE=..., --kv, --dir or --durable "
                "gives it one)",
            ),
            (
                {},
                "env has no 'NOPE' (it has nothing; --env NOPE=..., --kv, --dir or --durable "
                "gives it one)",
            ),
            ({"nope_": 1}, "env has no 'NOPE'; did you mean 'nope_'? (it has nope_;"),
        ],
    )
    def test_what_is_not_there_says_what_is(
        self, bindings: dict[str, object], message: str
    ) -> None:
        env = Env(bindings)
        with pytest.raises(AttributeError, match=re.escape(message)):
            env.NOPE
        with pytest.raises(KeyError, match=re.escape(message)):
            env["NOPE"]
        assert getattr(env, "NOPE", None) is None

    def test_shows_no_values(self) -> None:
        assert repr(Env({"TOKEN": "secret", "KV": object()})) == "<env: TOKEN, KV>"
        assert repr(Env({})) == "<env: nothing>"

    def test_does_not_change(self) -> None:
        env = Env({"A": "1"})
        with pytest.raises(AttributeError, match="env does not change: keep 'B' in a variable"):
            env.B = "2"
        assert dict(env) == {"A": "1"}

    def test_a_class_may_say_what_there_is(self) -> None:
        class Bindings(Env):
            TOKEN: str

        assert Bindings({"TOKEN": "x"}).TOKEN == "x"
