"""An address that is taken."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from worker_runtime.host.bound_sockets import BoundSockets
from worker_runtime.host.network import TCPAddress, UnixAddress


class TestBoundSockets:
    def test_connections_wait_until_somebody_accepts_them(self) -> None:
        bound = BoundSockets(TCPAddress("127.0.0.1", 0))
        address = bound.addresses[0]
        assert isinstance(address, TCPAddress) and address.port > 0
        with socket.create_connection(address):
            accepted, _ = bound.sockets[0].accept()
            accepted.close()
        bound.close()
        with pytest.raises(OSError):
            socket.create_connection(address)

    def test_all_interfaces_have_one_port(self) -> None:
        bound = BoundSockets(TCPAddress("", 0))
        ports = {address.port for address in bound.addresses if isinstance(address, TCPAddress)}
        bound.close()
        assert len(ports) == 1

    def test_an_address_that_is_taken_is_an_error(self) -> None:
        bound = BoundSockets(TCPAddress("127.0.0.1", 0))
        with pytest.raises(OSError):
            BoundSockets(bound.addresses[0])
        bound.close()

    def test_descriptors_that_another_process_hands_down(self) -> None:
        bound = BoundSockets(TCPAddress("127.0.0.1", 0))
        inherited = BoundSockets([os.dup(each.fileno()) for each in bound.sockets])
        assert inherited.addresses == bound.addresses
        bound.close()
        address = inherited.addresses[0]
        assert isinstance(address, TCPAddress)
        with socket.create_connection(address):
            pass
        inherited.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sockets in the file system")
class TestInTheFileSystem:
    def test_its_file_goes_with_it(self, tmp_path: Path) -> None:
        bound = BoundSockets(UnixAddress(str(tmp_path / "s")))
        assert (tmp_path / "s").exists()
        bound.close()
        assert not (tmp_path / "s").exists()

    def test_another_file_in_its_place_stays(self, tmp_path: Path) -> None:
        bound = BoundSockets(UnixAddress(str(tmp_path / "s")))
        (tmp_path / "s").unlink()
        (tmp_path / "t").write_text("")
        (tmp_path / "t").rename(tmp_path / "s")
        bound.close()
        assert (tmp_path / "s").exists()

    def test_a_file_that_is_no_socket_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "s").write_text("")
        with pytest.raises(OSError):
            BoundSockets(UnixAddress(str(tmp_path / "s")))
        assert (tmp_path / "s").read_text() == ""


class TestInheritedSockets:
    def test_nobody_waits_in_them(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            bound = BoundSockets([os.dup(server.fileno())])
            try:
                with pytest.raises(BlockingIOError):
                    bound.sockets[0].accept()
            finally:
                bound.close()
