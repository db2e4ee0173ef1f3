"""Keys for one purpose each, from the master key, which never enters the database."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from caseflow.kernel.config import Settings


def derived(purpose: str) -> bytes:
    """32 bytes: the same for the same purpose, and telling nothing of another's. RFC 5869."""
    settings: Settings = current_app.extensions["settings"]
    return derived_from(settings.master_key, purpose)


def derived_from(master_key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"caseflow {purpose}".encode()).derive(master_key)
