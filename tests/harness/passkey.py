"""A device with a finger on it, in Chromium: it makes passkeys and shows them when asked."""

from typing import Any

from playwright.sync_api import Page

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    def __init__(self, page: Page, **unlike: Any) -> None:
        self._to = page.context.new_cdp_session(page)
        self._to.send("WebAuthn.enable")
        made = self._to.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | unlike})
        self._id = made["authenticatorId"]

    @property
    def keys(self) -> list[dict[str, Any]]:
        found = self._to.send("WebAuthn.getCredentials", {"authenticatorId": self._id})
        keys: list[dict[str, Any]] = found["credentials"]
        return keys

    def take(self, key: dict[str, Any]) -> None:
        """One that was made elsewhere."""
        self._to.send("WebAuthn.addCredential", {"authenticatorId": self._id, "credential": key})

    def touched(self, yes: bool) -> None:
        self._to.send(
            "WebAuthn.setAutomaticPresenceSimulation",
            {"authenticatorId": self._id, "enabled": yes},
        )

    def knows_who(self, yes: bool) -> None:
        self._to.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": yes}
        )
