"""RFC 8586, 2: requests that come back."""

from __future__ import annotations

import pytest

from worker_runtime.http.fields import MessageFailure
from worker_runtime.http.loop_detection import MOST_PASSES, cdn_loop_to_send, on_behalf

spec = pytest.mark.spec


@spec("https://www.rfc-editor.org/rfc/rfc8586#section-2")
class TestCDNLoop:
    def test_nothing_is_sent_on_nobodys_behalf(self) -> None:
        assert on_behalf.get() is None

    @pytest.mark.parametrize(
        "received, sent",
        [
            (None, "worker-runtime"),
            ("", ", worker-runtime"),
            ("a.example:80; x=y", "a.example:80; x=y, worker-runtime"),
            ("worker-runtime", "worker-runtime, worker-runtime"),
        ],
    )
    def test_each_pass_is_added(self, received: str | None, sent: str) -> None:
        assert cdn_loop_to_send(received) == sent

    @pytest.mark.parametrize(
        "member",
        ["worker-runtime", "Worker-Runtime", "worker-runtime;n=1", 'worker-runtime ;a="b"'],
    )
    def test_too_many_are_a_loop(self, member: str) -> None:
        value = ", ".join([member] * (MOST_PASSES - 1))
        assert cdn_loop_to_send(value) != ""
        with pytest.raises(MessageFailure) as caught:
            cdn_loop_to_send(f"{value}, {member}")
        assert caught.value.status == 508

    def test_the_passes_of_others_do_not_count(self) -> None:
        assert cdn_loop_to_send(", ".join(["fly", "x-worker-runtime"] * 100)).endswith(
            ", worker-runtime"
        )
