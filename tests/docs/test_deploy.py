"""The examples in deploy/ agree with the settings and with each other."""

import re

from connector.settings import Settings
from tests.docs.pages import ROOT

DEPLOY = ROOT / "deploy"


def example() -> dict[str, str]:
    """The settings of the environment file that are not commented out."""
    lines = (DEPLOY / "onward.env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line.startswith("ONWARD_"))


def test_the_example_names_settings_only_and_leaves_the_key_to_init():
    named = set(re.findall(r"ONWARD_[A-Z_]+", (DEPLOY / "onward.env.example").read_text()))
    assert named <= {f"ONWARD_{name.upper()}" for name in Settings.model_fields}
    assert not named & {"ONWARD_SECRET_KEY", "ONWARD_DEMO"}


def test_the_example_is_a_site_that_production_accepts_once_there_is_a_key():
    values = {name.removeprefix("ONWARD_").lower(): value for name, value in example().items()}
    settings = Settings(_env_file=None, **values)
    assert (settings.origin(), settings.development) == ("https://onward.example.edu", False)
    assert settings.database().startswith("postgresql://")


def test_the_proxy_sends_to_where_the_server_listens_and_is_the_one_that_is_trusted():
    proxy = (DEPLOY / "nginx.conf.example").read_text()
    assert f"proxy_pass http://{example()['ONWARD_LISTEN']};" in proxy
    assert example()["ONWARD_TRUSTED_PROXIES"] == "1"
    assert "X-Forwarded-For   $remote_addr;" in proxy
    assert "X-Forwarded-Proto $scheme;" in proxy


def test_each_unit_runs_its_command_and_may_write_its_own_folder_only():
    for unit, command in (("onward-server", "serve"), ("onward-worker", "worker")):
        text = (DEPLOY / f"{unit}.service").read_text()
        assert f"ExecStart=/opt/onward/.venv/bin/onward {command}\n" in text
        assert "ProtectSystem=strict" in text
        assert "NoNewPrivileges=yes" in text
        assert "StateDirectory=onward\n" in text
        assert "\nProtectProc" not in text
