"""The settings of the institute's services, and whether `pti up` starts the sandbox."""

from __future__ import annotations

import pytest

from bot.cli.up import uses_sandbox
from bot.imss.client import ImssClient
from bot.settings import SettingsError, read_settings
from tests.support.service import SECRETS

WITH_SERVICE = {**SECRETS, "PTI_IMSS_URL": "https://imss.example.org", "PTI_IMSS_TOKEN": "t"}
PRODUCTION = {"PTI_ENVIRONMENT": "production"}


def test_where_nothing_is_set_there_is_no_service_and_the_sandbox_stands_in() -> None:
    settings = read_settings(SECRETS)
    assert ImssClient.from_settings(settings) is None
    assert uses_sandbox(settings)


def test_where_a_service_is_named_the_sandbox_stays_away() -> None:
    settings = read_settings(WITH_SERVICE)
    assert ImssClient.from_settings(settings) is not None
    assert not uses_sandbox(settings)
    assert not uses_sandbox(read_settings({**SECRETS, **PRODUCTION}))
    assert uses_sandbox(read_settings({**WITH_SERVICE, "PTI_IMSS_URL": "http://127.0.0.1:8090"}))


def test_the_secrets_stay_out_of_the_repr() -> None:
    secret = {"PTI_IMSS_TOKEN": "first-secret", "PTI_SANDBOX_CONTROL_TOKEN": "second-secret"}
    text = repr(read_settings({**WITH_SERVICE, **secret}))
    assert "secret" not in text


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"PTI_IMSS_URL": "imss.example.org"}, "PTI_IMSS_URL"),
        ({"PTI_IMSS_URL": "ftp://imss.example.org"}, "PTI_IMSS_URL"),
        ({"PTI_IMSS_URL": "http://imss.example.org", **PRODUCTION}, "PTI_IMSS_URL"),
        ({"PTI_IMSS_TOKEN": ""}, "PTI_IMSS_TOKEN"),
        ({"PTI_ENVIRONMENT": "prod"}, "PTI_ENVIRONMENT"),
        ({"PTI_IMSS_READ_SECONDS": "0"}, "PTI_IMSS_READ_SECONDS"),
        ({"PTI_IMSS_TOTAL_SECONDS": "inf"}, "PTI_IMSS_TOTAL_SECONDS"),
        ({"PTI_IMSS_BREAKER_FAILURES": "0"}, "PTI_IMSS_BREAKER_FAILURES"),
    ],
)
def test_what_cannot_be(change: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        read_settings({**WITH_SERVICE, **change})
