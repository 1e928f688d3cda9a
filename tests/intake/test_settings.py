"""Settings: file, environment, and one clear line for every mistake."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from intake.secrets_file import secret_for
from intake.settings import Settings, SettingsError, load_settings, password_of


def file_with(folder: Path, text: str) -> Path:
    path = folder / "intake.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_the_defaults_of_the_contract_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(None, {})
    assert settings.mailbox.url.startswith("maildir:")
    assert settings.mailbox.poll_seconds == 60
    assert settings.mailbox.folder == "INBOX"
    assert settings.outgoing.url.startswith("folder:")
    assert settings.outgoing.mode == "send"
    assert settings.outgoing.retry_seconds == 60
    assert settings.outgoing.sent_copy == "append"
    assert (settings.outgoing.per_address_day, settings.outgoing.per_domain_hour, settings.outgoing.per_hour) == (3, 60, 200)
    assert settings.storage.database.startswith("sqlite:///data/")
    assert settings.our_addresses == (settings.outgoing.from_address,)


def test_the_file_in_the_working_directory_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file_with(tmp_path, "[mailbox]\npoll_seconds = 5\n")
    assert load_settings(None, {}).mailbox.poll_seconds == 5


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"other\.toml: cannot be read: No such file"):
        load_settings(tmp_path / "other.toml", {})


def test_a_variable_overrides_the_file(tmp_path: Path) -> None:
    file = file_with(tmp_path, '[mailbox]\npoll_seconds = 5\nfolder = "A"\n')
    settings = load_settings(file, {"INTAKE_MAILBOX__POLL_SECONDS": "9", "INTAKE_CRASH_AT": "nowhere", "HOME": "/"})
    assert settings.mailbox.poll_seconds == 9
    assert settings.mailbox.folder == "A"


SOME_VALUE = {"mode": "approve", "sent_copy": "provider", "oauth": "google", "languages": "eng"}
SOME_VALUE |= {"public_url": "https://review.office.example", "trusted_proxies": "10.1.2.3", "private_networks": "10.1.0.0/16"}
SOME_VALUE |= {"issuer": "https://login.office.example"}
SOME_VALUE |= {"listen": "127.0.0.1:9108", "from_address": "a@b.example", "addresses": "a@b.example"}


@pytest.mark.parametrize("section", list(Settings.model_fields))
def test_every_key_can_be_set_by_a_variable(section: str) -> None:
    for key, info in Settings.model_fields[section].annotation.model_fields.items():  # type: ignore[union-attr]
        value = SOME_VALUE.get(key, "1")
        value = {"url": f"{'maildir' if section == 'mailbox' else 'folder'}:/somewhere"}.get(key, value)
        settings = load_settings(None, {f"INTAKE_{section}__{key}".upper(): value})
        found = getattr(getattr(settings, section), key)
        assert found != info.default or str(found) == value, key


def test_lists_may_be_written_with_commas_in_a_variable() -> None:
    settings = load_settings(None, {"INTAKE_MAILBOX__ADDRESSES": "A@x.example, b@x.example", "INTAKE_EXTRACTION__LANGUAGES": "eng+chi_tra"})
    assert settings.our_addresses == ("a@x.example", "b@x.example")
    assert settings.extraction.languages == ("eng", "chi_tra")


def test_lists_may_be_written_in_a_variable_as_in_the_file() -> None:
    variables = {"INTAKE_MAILBOX__ADDRESSES": '["a@x.example", "b@x.example"]', "INTAKE_EXTRACTION__LANGUAGES": ' ["eng","chi_tra"]'}
    settings = load_settings(None, variables)
    assert settings.our_addresses == ("a@x.example", "b@x.example")
    assert settings.extraction.languages == ("eng", "chi_tra")
    with pytest.raises(SettingsError, match="write several with commas between"):
        load_settings(None, {"INTAKE_MAILBOX__ADDRESSES": '["a@x.example"'})


def test_an_unknown_section_in_a_variable_is_said_of_the_variable() -> None:
    with pytest.raises(SettingsError, match=r"^INTAKE_MAIL__URL: unknown key mail;"):
        load_settings(None, {"INTAKE_MAIL__URL": "x"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[mailbox]\nnonsense = 1\n", "unknown key mailbox.nonsense"),
        ("[nonsense]\nx = 1\n", "unknown key nonsense"),
        ("[mailbox]\npoll_seconds = -1\n", "mailbox.poll_seconds"),
        ("[mailbox]\npoll_seconds = nan\n", "mailbox.poll_seconds"),
        ("[mailbox]\npoll_seconds = inf\n", "mailbox.poll_seconds"),
        ('[mailbox]\nurl = "pop3://x"\n', "mailbox.url: use maildir:PATH"),
        ('[outgoing]\nurl = "http://x"\n', "outgoing.url: use folder:PATH"),
        ('[outgoing]\nmode = "perhaps"\n', "outgoing.mode"),
        ('[mailbox]\nurl = "imap://"\n', "mailbox.url: name the server and its port"),
        ('[mailbox]\nurl = "imaps://mail.office.example:99999"\n', "mailbox.url: name the server and its port"),
        ('[outgoing]\nurl = "smtp://mail.office.example:mail"\n', "outgoing.url: name the server and its port"),
        ('[mailbox]\naddresses = ["apply at office"]\n', "mailbox.addresses: write plain addresses"),
        ('[outgoing]\nfrom_name = "Office\\r\\nBcc: c@d.example"\n', "outgoing.from_name: write one line"),
        ('[storage]\nblobs = "s3:/bucket"\n', "storage.blobs: name a folder, or a bucket"),
        ('[storage]\nblobs = "s3://Bucket?x"\n', "storage.blobs: name a folder, or a bucket"),
        ('[storage]\nblobs = "gs://bucket/prefix"\n', "storage.blobs: name a folder, or a bucket"),
        ('[outgoing]\nfrom_address = "nobody"\n', "outgoing.from_address: write one plain address"),
        ('[outgoing]\nfrom_address = "a@b.example\\nBcc: c@d.example"\n', "outgoing.from_address: write one plain address"),
        ('[outgoing]\npassword = "a"\npassword_file = "b"\n', "give password or password_file"),
        ("mailbox = 3\n", "mailbox"),
        ('[review]\ntrusted_proxies = ["anybody"]\n', "is no address or network"),
        ('[review]\nhosts = ["https://review.office.example"]\n', "write names without port"),
        ('[review]\npublic_url = "review.office.example"\n', "write the site's address"),
        ('[webhooks]\nprivate_networks = ["10.0.0.0/40"]\n', "is no address or network"),
        ('[openid]\nissuer = "http://login.office.example"\n', "openid: issuer: write the provider's address"),
        ("[mailbox\n", "is no valid TOML"),
        ("[extraction]\nmin_confidence = 2\n", "extraction.min_confidence"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_key(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(file_with(tmp_path, text), {"INTAKE_MAILBOX__FOLDER": "x"})
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "intake.toml" in str(caught.value)


def test_a_mistake_in_a_variable_names_the_variable_and_never_its_value() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(None, {"INTAKE_MAILBOX__URL": "pop3://user:secret@host"})
    assert "INTAKE_MAILBOX__URL" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_password_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("geheim\n")
    assert password_of(load_settings(None, {"INTAKE_OUTGOING__PASSWORD_FILE": str(file)}).outgoing) == "geheim"
    with pytest.raises(SettingsError, match="cannot be read"):
        password_of(load_settings(None, {"INTAKE_OUTGOING__PASSWORD_FILE": str(tmp_path / "none")}).outgoing)


def test_passwords_are_not_shown() -> None:
    assert "geheim" not in repr(load_settings(None, {"INTAKE_MAILBOX__PASSWORD": "geheim"}))


# ---------------------------------------------------------------- the secret


def derive(file: Path) -> bytes:
    return secret_for("letters", file)


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "data" / "secret"
    first = derive(file)
    assert derive(file) == first
    assert file.stat().st_mode & 0o777 == 0o600
    assert secret_for("review", file) != first
    assert [path.name for path in file.parent.iterdir()] == ["secret"]


def test_processes_that_start_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    for attempt in range(5):
        with multiprocessing.get_context("fork").Pool(6) as pool:
            found = pool.map(derive, [tmp_path / str(attempt) / "secret"] * 24, chunksize=1)
            pool.close()
            pool.join()
        assert len(set(found)) == 1


def test_an_empty_secret_is_said_and_not_used(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("")
    with pytest.raises(SettingsError, match="holds no secret"):
        derive(file)
