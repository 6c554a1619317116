"""Passkeys: keys that live in somebody's device and open this host alone (WebAuthn Level 3).

The library checks signatures and everything that the browser signed over; here stands what we ask for, and
that a challenge is ours, fresh and answered once.
"""

import hmac
import secrets
from hashlib import sha256
from ipaddress import ip_address

import msgspec
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from incidex.model import InputError, Member
from incidex.store import Passkey
from incidex.web.entry import Door

#: How long somebody may take to show the device.
CHALLENGE_SECONDS = 300

#: Keys on one account.
MOST_KEYS = 20

_REQUIRED = UserVerificationRequirement.REQUIRED


class Keyring:
    """Passkeys of one site's members, for the host and origin that the browser names."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def ask_new(self, member: Member, host: str) -> bytes:
        """Return what the browser needs to make a passkey, as JSON."""
        _require_name(host)
        held = self._door.accounts.passkeys(member.id)
        if len(held) >= MOST_KEYS:
            raise InputError(f"an account has at most {MOST_KEYS} passkeys; remove one first")
        options = generate_registration_options(
            rp_id=host,
            rp_name="Incidex",
            user_id=self._door.accounts.handle(member.id),
            user_name=f"{member.role} {member.name or member.id}",
            challenge=self._challenge(f"new {member.id}"),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=each.id) for each in held],
        )
        return options_to_json(options).encode()

    def add(self, member: Member, answer: bytes, host: str, origin: str) -> None:
        """Keep the passkey that a browser made. What the device says about its maker is thrown away."""
        challenge = self._read_challenge(answer, f"new {member.id}")
        try:
            made = verify_registration_response(
                credential=answer.decode("utf-8", "replace"),
                expected_challenge=challenge,
                expected_rp_id=host,
                expected_origin=origin,
                require_user_verification=True,
            )
        except WebAuthnException as error:
            raise InputError("this passkey cannot be used; make it again") from error
        self._use_up(challenge)
        key = Passkey(
            made.credential_id,
            host,
            self._door.today.isoformat(),
            made.credential_public_key,
            made.sign_count,
        )
        self._door.accounts.add_passkey(key, member.id)

    def ask(self, host: str) -> bytes:
        """Return what the browser needs to show a passkey of its choice, as JSON. Nobody is named."""
        _require_name(host)
        options = generate_authentication_options(
            rp_id=host, challenge=self._challenge("enter"), user_verification=_REQUIRED
        )
        return options_to_json(options).encode()

    def enter(self, answer: bytes, host: str, origin: str) -> Member | None:
        """Return whose passkey was shown, `None` when it opens nothing here."""
        challenge = self._read_challenge(answer, "enter")
        found = self._door.accounts.find_passkey(_read_id(answer))
        if found is None or found[1].site != host:
            return None
        member, key = found
        try:
            shown = verify_authentication_response(
                credential=answer.decode("utf-8", "replace"),
                expected_challenge=challenge,
                expected_rp_id=host,
                expected_origin=origin,
                credential_public_key=key.public_key,
                credential_current_sign_count=key.uses,
                require_user_verification=True,
            )
        except WebAuthnException:
            return None
        self._use_up(challenge)
        return member if self._door.accounts.use_passkey(key.id, shown.new_sign_count) else None

    def _challenge(self, purpose: str) -> bytes:
        """Return 16 random bytes, when they end, and our seal over both and what they are for.

        Nothing is remembered of a challenge before it is answered, so that asking for many fills nothing.
        """
        until = (self._door.now + CHALLENGE_SECONDS).to_bytes(8, "big")
        fresh = secrets.token_bytes(16) + until
        return fresh + self._seal(fresh, purpose)

    def _read_challenge(self, answer: bytes, purpose: str) -> bytes:
        """Return the challenge that an answer signed over, if it is ours, for this, and not too old."""
        try:
            client = msgspec.json.decode(answer, type=_Answer).response.client_data
            challenge = base64url_to_bytes(
                msgspec.json.decode(base64url_to_bytes(client), type=_Client).challenge
            )
        except (ValueError, WebAuthnException) as error:
            raise InputError("this is no answer of a passkey") from error
        fresh, seal = challenge[:24], challenge[24:]
        if not hmac.compare_digest(seal, self._seal(fresh, purpose)):
            raise InputError("this passkey answers what was not asked; try again")
        if int.from_bytes(fresh[16:], "big") <= self._door.now:
            raise InputError("this took too long; try again")
        return challenge

    def _seal(self, fresh: bytes, purpose: str) -> bytes:
        return hmac.digest(self._door.accounts.secret("challenge"), fresh + purpose.encode(), "sha256")

    def _use_up(self, challenge: bytes) -> None:
        until = int.from_bytes(challenge[16:24], "big")
        if not self._door.accounts.answer(sha256(challenge).digest(), until):
            raise InputError("this answer was used before; try again")


class _Response(msgspec.Struct):
    client_data: str = msgspec.field(name="clientDataJSON")


class _Answer(msgspec.Struct):
    response: _Response
    id: str = ""


class _Client(msgspec.Struct):
    challenge: str


def _read_id(answer: bytes) -> bytes:
    try:
        return base64url_to_bytes(msgspec.json.decode(answer, type=_Answer).id)
    except ValueError as error:
        raise InputError("this is no answer of a passkey") from error


def _require_name(host: str) -> None:
    try:
        ip_address(host)
    except ValueError:
        return
    raise InputError(f"a passkey belongs to a name, and {host} is a number; open this site as localhost")
