"""HTML, 10.2.6.1: what workers of both kinds have."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime import Event
from worker_runtime.html.workers.abstract_worker import AbstractWorker, check_worker_options

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/workers.html#abstractworker")
class TestAbstractWorker:
    def test_it_has_a_handler_of_errors(self) -> None:
        events: list[Event] = []
        worker = AbstractWorker()
        worker.onerror = events.append
        worker.dispatchEvent(Event("error"))
        assert len(events) == 1


@spec("https://html.spec.whatwg.org/multipage/workers.html#workertype")
@spec("https://html.spec.whatwg.org/multipage/workers.html#workeroptions")
class TestOptions:
    def test_both_types_are_modules_of_python(self) -> None:
        check_worker_options({})
        check_worker_options({"type": "module", "credentials": "include", "name": "n"})
        check_worker_options({"type": "classic"})

    @pytest.mark.parametrize("options", [{"type": "script"}, {"credentials": "none"}, {"type": 1}])
    def test_anything_else_is_a_type_error(self, options: Any) -> None:
        with pytest.raises(TypeError, match="is one of"):
            check_worker_options(options)
