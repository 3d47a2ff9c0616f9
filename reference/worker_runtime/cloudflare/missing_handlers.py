"""Missing handlers: a worker that could answer no request says so at its start, and what it may
have meant.

No standard defines this; its text is in SPEC_NOTES.md, "Module workers".
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from inspect import Parameter, signature
from pathlib import Path
from types import FunctionType
from typing import Any

from ..host.console import Mistake
from ..html.global_objects import GlobalObject

# What the author of a worker may have had in mind, and what it is called here.
FORMS = (
    "fetch", "on_fetch", "Default", "default", "scheduled", "on_scheduled", "connect", "on_connect",
)  # fmt: skip
OTHER_NAMES = frozenset(
    "handler handle handle_request handle_fetch main app application on_request request get GET "
    "respond response worker Worker".split()
)
FUNCTIONAL_EVENTS = frozenset(
    "fetch scheduled message push queue email connect tail sync periodicsync".split()
)


def check_that_a_request_is_handled(scope: GlobalObject, module: Mapping[str, Any]) -> None:
    """TypeError, with what may have been meant, if neither a handler nor a listener waits for
    anything.

    SPEC_NOTES.md#missing-handlers
    """
    types = {listener.type for listener in scope._event_listener_list}
    if types & FUNCTIONAL_EVENTS:
        return
    advice = [*near_misses(module), *near_misses_of_types(types)]
    raise Mistake(
        f"{module.get('__file__', 'The worker')}: there is no handler, so nothing would answer a "
        "request"
        + "".join(f"\n  {line}" for line in advice)
        + "\n  Write `async def fetch(request, env, ctx): return Response(...)`, a class Default "
        'with such a method, or addEventListener("fetch", ...)'
    )


def near_misses(module: Mapping[str, Any]) -> Iterator[str]:
    """What a module has that looks like a handler, each as a line.

    Part of SPEC_NOTES.md#missing-handlers
    """
    from difflib import get_close_matches

    for name, value in module.items():
        if name.startswith("__") or getattr(value, "__module__", None) != module.get("__name__"):
            continue
        place = f"line {value.__code__.co_firstlineno}: " if isinstance(value, FunctionType) else ""
        if name in ("Default", "default"):
            methods = [each for each in dir(value) if not each.startswith("_")]
            close = [each for each in methods if get_close_matches(each.lower(), ["fetch"])]
            if close:
                yield f"{name}.{close[0]}(): did you mean fetch()?"
            else:
                yield f"{name} has no method fetch(); it has {', '.join(methods) or 'none'}"
        elif callable(value) and (close := get_close_matches(name, FORMS, n=1)):
            yield f"{place}{name}(): did you mean {close[0]}()?"
        elif name in OTHER_NAMES and callable(value):
            yield f"{place}{name}(): a handler is called fetch()"


def near_misses_of_types(types: set[str]) -> Iterator[str]:
    """What is listened to, where it looks like an event that comes.

    Part of SPEC_NOTES.md#missing-handlers
    """
    from difflib import get_close_matches

    for type in sorted(types):
        if close := get_close_matches(type.lower().removeprefix("on"), FUNCTIONAL_EVENTS, n=1):
            yield f'addEventListener("{type}"): did you mean "{close[0]}"?'


def refuse_a_handler_that_hides_its_namesake(
    handler: Callable[..., Any], module: Mapping[str, Any], name: str
) -> None:
    """TypeError if the handler `fetch` or `connect` means the platform's function of that name when
    it calls it, for it would call itself.

    SPEC_NOTES.md#hidden-fetch
    """
    file = module.get("__file__")
    if file is None or not isinstance(handler, FunctionType) or name not in names_in(handler):
        return
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    call = next((line for line in calls_of_itself(tree, name)), None)
    if call is not None:
        raise Mistake(
            f"{file}:{call}: `{name}` is the handler itself here, for it hides the platform's "
            "function of that name\n"
            f"  Write `from worker_runtime import {name} as send` and `send(...)`, or make the "
            "handler a method of `class Default`"
        )


def refuse_what_takes_more(function: Callable[..., Any], name: str, given: tuple[str, ...]) -> None:
    """TypeError if a handler cannot be called with what there is for it.

    Part of SPEC_NOTES.md#module-handlers
    """
    try:
        parameters = signature(function).parameters.values()
    except (TypeError, ValueError):  # it is one of C's
        return
    is_by_position = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    needed = [each for each in parameters if each.default is each.empty]
    by_position = [each.name for each in needed if each.kind in is_by_position]
    by_name = [each.name for each in needed if each.kind is Parameter.KEYWORD_ONLY]
    if surplus := by_position[len(given) :] + by_name:
        from ..service_workers.handler_places import place_of_function

        place = place_of_function(getattr(function, "__init__", function)) or ""
        place = place_of_function(function) or place
        raise Mistake(
            f"{place}: {name}() gets {', '.join(given)}, and nothing for {', '.join(surplus)}\n"
            f"  Write `{name}({', '.join(given)})`, with as many of these as it needs"
        )


def names_in(function: FunctionType) -> set[str]:
    """The names that the code of a function and of those within it looks up.

    Part of SPEC_NOTES.md#hidden-fetch
    """
    codes, names = [function.__code__], set[str]()
    while codes:
        code = codes.pop()
        names.update(code.co_names)
        codes += [constant for constant in code.co_consts if hasattr(constant, "co_names")]
    return names


def calls_of_itself(tree: ast.Module, name: str) -> Iterator[int]:
    """The lines within the handler where it calls itself, unless it hands on its `env` or `ctx` as
    well: then it means itself.

    Part of SPEC_NOTES.md#hidden-fetch
    """
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if function.name != name:
            continue
        if binds(function, name):
            continue
        own = {argument.arg for argument in function.args.args[1:]}
        for node in ast.walk(function):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == name
                and not any(isinstance(each, ast.Name) and each.id in own for each in node.args)
            ):
                yield node.lineno


def binds(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    """Whether a name is one of the function's own, by an import or an assignment within it.

    Part of SPEC_NOTES.md#hidden-fetch
    """
    return any(
        (isinstance(node, ast.alias) and (node.asname or node.name) == name)
        or (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.arg) and node.arg == name)
        for node in ast.walk(function)
    )
