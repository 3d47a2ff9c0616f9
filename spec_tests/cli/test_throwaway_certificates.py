"""Certificates for which nobody vouches."""

from __future__ import annotations

import os
import shutil
import ssl
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from worker_runtime.cli.throwaway_certificates import (
    DAY,
    DAYS_OF_USE,
    cache_folder,
    kept_certificate,
    throwaway_certificate,
    time_of,
)  # fmt: skip

OPENSSL = shutil.which("openssl")


class TestThrowawayCertificate:
    @pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
    def test_it_is_for_this_machine(self, tmp_path: Path, name: str) -> None:
        file = tmp_path / "cert.pem"
        file.write_bytes(throwaway_certificate(time.time(), os.urandom))
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(file)
        client = ssl.create_default_context(cafile=str(file))
        client.verify_flags |= ssl.VERIFY_X509_STRICT
        assert shake_hands(client, server, name) == "TLSv1.3"

    def test_it_is_for_no_other(self, tmp_path: Path) -> None:
        file = tmp_path / "cert.pem"
        file.write_bytes(throwaway_certificate(time.time(), os.urandom))
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(file)
        client = ssl.create_default_context(cafile=str(file))
        with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
            shake_hands(client, server, "other.example")
        with pytest.raises(ssl.SSLCertVerificationError, match="self.signed"):
            shake_hands(ssl.create_default_context(), server, "localhost")

    def test_it_has_an_end(self, tmp_path: Path) -> None:
        file = tmp_path / "cert.pem"
        file.write_bytes(throwaway_certificate(time.time() - 91 * DAY, os.urandom))
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(file)
        client = ssl.create_default_context(cafile=str(file))
        with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
            shake_hands(client, server, "localhost")

    @pytest.mark.skipif(OPENSSL is None, reason="there is no openssl")
    def test_openssl_reads_what_is_meant(self) -> None:
        pem = throwaway_certificate(time.time(), os.urandom)
        command = [str(OPENSSL), "x509", "-noout", "-text"]
        text = subprocess.run(command, input=pem, check=True, capture_output=True).stdout.decode()
        for words in (
            "Version: 3", "ecdsa-with-SHA256", "prime256v1", "CA:FALSE", "Digital Signature",
            "TLS Web Server Authentication", "DNS:localhost, IP Address:127.0.0.1",
        ):  # fmt: skip
            assert words in text


def shake_hands(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> str | None:
    """The version of TLS that the two agree on, within the process."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(to_client, to_server, server_hostname=name),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(4):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                pass
    return ends[0].version()


def test_a_time_after_2049_has_four_digits_for_its_year() -> None:
    assert time_of(2524607999) == b"\x17\x0d491231235959Z"
    assert time_of(2524608000) == b"\x18\x0f20500101000000Z"


class TestKeptCertificate:
    @pytest.fixture(autouse=True)
    def cache(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
            monkeypatch.setenv(name, str(tmp_path))
        return tmp_path

    def test_it_stays_until_it_is_too_old(self, cache: Path) -> None:
        now = time.time()
        file = kept_certificate(now, os.urandom)
        first = file.read_bytes()
        assert file.is_relative_to(cache)
        assert kept_certificate(now + 60, os.urandom).read_bytes() == first
        kept_certificate(now + (DAYS_OF_USE + 1) * DAY, os.urandom)
        assert file.read_bytes() != first and [file] == list(file.parent.iterdir())

    def test_its_key_is_the_users_alone(self) -> None:
        if sys.platform == "win32":
            pytest.skip("files have no modes on Windows")
        file = kept_certificate(time.time(), os.urandom)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def test_the_folder_has_to_be_absolute(self, monkeypatch: pytest.MonkeyPatch) -> None:
        if sys.platform == "win32":
            pytest.skip("Windows has another variable for it")
        monkeypatch.setenv("XDG_CACHE_HOME", "relative")
        assert cache_folder() == Path.home() / ".cache"
