"""The OpenID provider of the settings, asked over connections that are checked as any other to the world outside."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

from intake.outside import CannotAsk, Reach, ask
from intake.settings import OpenId, Settings, SettingsError
from review.openid import NotTold, Provider
from storage.values import StaffRole


def provider_from(settings: Settings) -> Provider | None:
    """None where the settings name none. Raises SettingsError with the way out."""
    wanted = settings.openid
    if not wanted.issuer:
        return None
    if not wanted.client_id:
        raise SettingsError("openid.client_id: name it; the provider gives it to this site")
    if find_spec("joserfc") is None:
        raise SettingsError("openid.issuer: logins through a provider need the 'openid' extra: pip install cppp-intake[openid]")
    reach = Reach(networks=wanted.private_networks, plain=wanted.allow_http, timeout_s=10, most_bytes=1_000_000)

    def fetch(url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None) -> tuple[int, bytes]:
        try:
            answer = ask(url, reach, method=method, headers=headers, body=body)
        except CannotAsk as error:
            raise NotTold(f"the provider cannot be asked: {error}") from error
        return answer.status, answer.body

    lists = ((wanted.readers, StaffRole.READER), (wanted.officers, StaffRole.OFFICER), (wanted.admins, StaffRole.ADMIN))
    roles = {email.strip().lower(): role for emails, role in lists for email in emails}
    return Provider(wanted.issuer, wanted.client_id, _secret(wanted), wanted.name, roles, fetch)


def _secret(wanted: OpenId) -> str:
    if wanted.client_secret_file is None:
        return wanted.client_secret.get_secret_value()
    try:
        return wanted.client_secret_file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"client_secret_file {wanted.client_secret_file} cannot be read: {error}") from error
