"""Certificates for tests, made by openssl: an authority, and what it vouches for."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from worker_runtime.host.tls import ServerTLS

CONFIGURATION = """
[ca]
default_ca = default
[default]
database = index
new_certs_dir = .
default_md = sha256
policy = policy
rand_serial = yes
unique_subject = no
copy_extensions = copy
x509_extensions = identifiers
[policy]
commonName = supplied
[req]
distinguished_name = name
x509_extensions = authority
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[identifiers]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""
LONG_AGO, NOT_SO_LONG_AGO, FAR_OFF = "20200101000000Z", "20200102000000Z", "20991231000000Z"
NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout")


class Authority:
    """Vouches for servers. `file` is its own certificate."""

    def __init__(self, folder: Path) -> None:
        self._openssl = shutil.which("openssl") or ""
        if not self._openssl:
            pytest.skip("there is no openssl to make a certificate")
        self._folder = folder
        self.file = folder / "authority.pem"
        (folder / "ca.cnf").write_text(CONFIGURATION)
        (folder / "index").touch()
        self._run("req", "-x509", "-config", "ca.cnf", "-days", "2", "-subj", "/CN=Authority",
            *NEW_KEY, "authority.key", "-out", "authority.pem")  # fmt: skip

    def vouch_for(self, name: str, *, has_expired: bool = False) -> ServerTLS:
        """A certificate for a name and the number of this machine."""
        extension = f"subjectAltName=DNS:{name}" + (",IP:127.0.0.1" if name == "localhost" else "")
        self._run("req", "-new", "-config", "ca.cnf", "-subj", f"/CN={name}", "-addext",
            extension, *NEW_KEY, "server.key", "-out", "server.csr")  # fmt: skip
        end = NOT_SO_LONG_AGO if has_expired else FAR_OFF
        self._run("ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", "authority.pem",
            "-keyfile", "authority.key", "-startdate", LONG_AGO, "-enddate", end, "-in",
            "server.csr", "-out", "server.pem")  # fmt: skip
        file = self._folder / f"{name}{'-expired' * has_expired}.pem"
        both = (self._folder / "server.pem").read_text() + (self._folder / "server.key").read_text()
        file.write_text(both)
        return ServerTLS(str(file))

    def _run(self, *arguments: str) -> None:
        subprocess.run(
            [self._openssl, *arguments], check=True, capture_output=True, cwd=self._folder
        )
