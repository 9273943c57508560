import pytest

from connector import settings
from connector.errors import BadInput, NotReady

KEY = "k" * 43


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    for name in settings.Settings.model_fields:
        monkeypatch.delenv(f"ONWARD_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_production_says_everything_that_is_missing():
    missing = settings.missing_for_production(settings.read())
    assert [sentence.split(" ")[0] for sentence in missing] == ["ONWARD_PUBLIC_URL", "ONWARD_DATABASE_URL", "There"]


def test_production_needs_https(monkeypatch):
    monkeypatch.setenv("ONWARD_PUBLIC_URL", "http://onward.example.edu")
    with pytest.raises(NotReady, match="https"):
        settings.read().origin()
    monkeypatch.setenv("ONWARD_ENV", "development")
    assert settings.read().origin() == "http://onward.example.edu"


@pytest.mark.parametrize("url", ["onward.example.edu", "ftp://x", "https://x/path", "https://x/?q=1"])
def test_an_address_that_is_no_origin_is_named(monkeypatch, url):
    monkeypatch.setenv("ONWARD_PUBLIC_URL", url)
    with pytest.raises(BadInput, match="ONWARD_PUBLIC_URL"):
        settings.read()


def test_a_key_file_is_made_once_for_the_owner_only(tmp_path):
    file = tmp_path / "keys" / "onward.key"
    settings.make_key_file(file)
    first = file.read_text()
    settings.make_key_file(file)
    assert file.read_text() == first
    assert len(first.strip()) == 43
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_key_file_that_others_can_read_is_refused(tmp_path, monkeypatch):
    file = tmp_path / "onward.key"
    file.write_text(KEY)
    file.chmod(0o644)
    monkeypatch.setenv("ONWARD_KEY_FILE", str(file))
    with pytest.raises(NotReady, match="chmod 600"):
        settings.read().key()


def test_a_short_key_is_refused(monkeypatch):
    monkeypatch.setenv("ONWARD_SECRET_KEY", "short")
    with pytest.raises(NotReady, match="shorter"):
        settings.read().key()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://h/db?user=u&password=hunter2", "postgresql://h/db?user=u&password=********"),
        ("postgresql://u:p%40ss@h/db", "postgresql://u:********@h/db"),
        ("sqlite:////var/lib/onward/onward.db", "sqlite:////var/lib/onward/onward.db"),
    ],
)
def test_a_password_is_masked_wherever_it_stands_in_the_address(monkeypatch, url, shown):
    monkeypatch.setenv("ONWARD_DATABASE_URL", url)
    assert settings.masked(settings.read())["ONWARD_DATABASE_URL"] == shown


def test_secrets_and_passwords_are_masked(monkeypatch):
    monkeypatch.setenv("ONWARD_SECRET_KEY", KEY)
    monkeypatch.setenv("ONWARD_DATABASE_URL", "postgresql://onward:hunter2@db/onward")
    shown = settings.masked(settings.read())
    assert shown["ONWARD_SECRET_KEY"] == "********"
    assert shown["ONWARD_METRICS_TOKEN"] == ""
    assert shown["ONWARD_DATABASE_URL"] == "postgresql://onward:********@db/onward"
    assert set(shown) == {f"ONWARD_{name.upper()}" for name in settings.Settings.model_fields}
