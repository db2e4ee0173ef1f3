"""A passkey without a phone: it answers as an authenticator does, truthfully or not."""

import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn import base64url_to_bytes
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


class Authenticator:
    """One key pair. ``counts``: whether it says how often it was used."""

    def __init__(self, origin: str, *, counts: bool = True) -> None:
        self.origin, self.host = origin, origin.partition("//")[2].partition(":")[0]
        self.counts, self.count = counts, 0
        self.id, self.owner = secrets.token_bytes(32), b""
        self._key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options: str, *, verified: bool = True, **said: Any) -> str:
        """The answer to being added: as JSON, as the page's script would send it."""
        asked = json.loads(options)
        self.owner = base64url_to_bytes(asked["user"]["id"])
        client_data = self._client_data("webauthn.create", asked, said)
        about = self._about(PRESENT | HAS_KEY | (VERIFIED if verified else 0))
        about += bytes(16) + len(self.id).to_bytes(2, "big") + self.id + self._public_key()
        response = {
            "attestationObject": cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": about})
        }
        return self._answer(client_data, response)

    def show(
        self, options: str, *, verified: bool = True, owner: bytes | None = None, **said: Any
    ) -> str:
        """The answer to being asked for."""
        client_data = self._client_data("webauthn.get", json.loads(options), said)
        self.count += 1
        about = self._about(PRESENT | (VERIFIED if verified else 0))
        signed = about + hashlib.sha256(client_data).digest()
        response = {
            "authenticatorData": about,
            "signature": self._key.sign(signed, ec.ECDSA(SHA256())),
            "userHandle": self.owner if owner is None else owner,
        }
        return self._answer(client_data, response)

    def _client_data(self, kind: str, asked: dict[str, Any], said: dict[str, Any]) -> bytes:
        usual = {"type": kind, "challenge": asked["challenge"], "origin": self.origin}
        return json.dumps(usual | {"crossOrigin": False} | said).encode()

    def _about(self, flags: int) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + (self.count if self.counts else 0).to_bytes(4, "big")

    def _public_key(self) -> bytes:
        point = self._key.public_key().public_numbers()
        x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _answer(self, client_data: bytes, response: dict[str, bytes]) -> str:
        parts = response | {"clientDataJSON": client_data}
        said = {name: bytes_to_base64url(part) for name, part in parts.items()}
        name = bytes_to_base64url(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": said})
