"""The table of operations, and the lists of them."""

from __future__ import annotations

from pathlib import Path

from spec_tests.oracle import test_content_operations, test_http_operations, test_url_operations
from tools.traceability.addresses import ADDRESS
from worker_runtime.oracle.argument_types import ARGUMENT_TYPES
from worker_runtime.oracle.content_operations import CONTENT_OPERATIONS
from worker_runtime.oracle.http_operations import HTTP_OPERATIONS
from worker_runtime.oracle.operations import OPERATIONS, listed_for_machines, listed_for_people
from worker_runtime.oracle.url_operations import URL_OPERATIONS

PACKAGE = Path(__file__).parent.parent.parent / "reference" / "worker_runtime"
TESTS = (test_url_operations, test_content_operations, test_http_operations)


class TestOperations:
    def test_have_a_name_each(self) -> None:
        assert len(OPERATIONS) == len(URL_OPERATIONS) + len(CONTENT_OPERATIONS) + len(
            HTTP_OPERATIONS
        )

    def test_are_all_tested_with_a_result_and_an_error(self) -> None:
        assert {op for test in TESTS for op, _, _ in test.RESULTS} == OPERATIONS.keys()
        assert {op for test in TESTS for op, _, _ in test.ERRORS} == OPERATIONS.keys()

    def test_have_addresses_that_the_code_of_other_rooms_has(self) -> None:
        files = [file for file in PACKAGE.rglob("*.py") if file.parent.name != "oracle"]
        known = {address for file in files for address in ADDRESS.findall(file.read_text("utf-8"))}
        assert {operation.address for operation in OPERATIONS.values()} - known == set()

    def test_use_every_type(self) -> None:
        used = {parameter.type.removeprefix("sequence<").removesuffix(">") for operation
            in OPERATIONS.values()
                for parameter in operation.parameters}  # fmt: skip
        assert used == ARGUMENT_TYPES.keys()


class TestLists:
    def test_for_people_have_each_operation_and_type(self) -> None:
        text = listed_for_people()
        assert all(
            f"{operation.signature}\n    {operation.address}\n" in text
            for operation in OPERATIONS.values()
        )
        assert all(
            f"{name} " in text and type.help in text for name, type in ARGUMENT_TYPES.items()
        )

    def test_for_machines_say_the_same(self) -> None:
        listed = listed_for_machines()
        assert [operation["op"] for operation in listed["operations"]] == [*OPERATIONS]
        assert listed["operations"][0] == {
            "op": "url.parse", "result": "URL",
            "address": "https://url.spec.whatwg.org/#dom-url-url", "args": [
                {"name": "url", "type": "USVString", "optional": False},
                {"name": "base", "type": "USVString", "optional": True}
            ],
        }  # fmt: skip
        assert listed["types"].keys() == ARGUMENT_TYPES.keys()
