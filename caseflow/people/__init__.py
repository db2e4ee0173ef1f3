"""The young person: identity, aliases, safe ways to make contact, relationships, consent, flags."""
