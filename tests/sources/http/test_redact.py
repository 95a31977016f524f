"""Keys and passwords are not written down, wherever in an address they are; everything else of it is."""

import pytest

from sources.http.redact import redact
from sources.load_datasets import load_datasets

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://u:p@h.kz/a?b=1", "https://h.kz/a?b=1"),
        ("https://h/a?access_token=q&b=2#f", "https://h/a?access_token=REDACTED&b=2#f"),
        ("https://h/a?api%4Bey=q", "https://h/a?api%4Bey=REDACTED"),
        ("https://h/a#access_token=q&x=1", "https://h/a#access_token=REDACTED&x=1"),
        ("https://h/#/data?token=q&x=1", "https://h/#/data?token=REDACTED&x=1"),
        ("https://h/#/token/q/data", "https://h/#/token/REDACTED/data"),
        ("https://h/api/token/q1/data.csv", "https://h/api/token/REDACTED/data.csv"),
        ("https://h/a/api_key=q/b", "https://h/a/api_key=REDACTED/b"),
        ("https://h/a;jsessionid=9F?x=1", "https://h/a;jsessionid=REDACTED?x=1"),
        (f"https://h/v1/{JWT}/x?year={JWT}", "https://h/v1/REDACTED/x?year=REDACTED"),
        ("https://u:p@q@h.kz/a@b", "https://h.kz/a@b"),
        ("//u:p@h.kz/a", "//h.kz/a"),
        ("https://h/a?b=1;token=q", "https://h/a?b=1;token=REDACTED"),
        ("https://h/a?to=https%3A%2F%2Fx%2F%3Ftoken%3Dq&b=1", "https://h/a?to=REDACTED&b=1"),
        ("https://h/bot1234567:AAAbbbcccdddeeefffggg12/x", "https://h/REDACTED/x"),
    ],
)
def test_secrets_are_not_written_down(address: str, shown: str) -> None:
    assert redact(address) == shown


@pytest.mark.parametrize(
    "name",
    [
        "X-Amz-Signature", "X-Amz-Security-Token", "X-Goog-Credential", "sig", "api_token", "authkey", "jwt",
        "session_token", "oauth_signature", "private-token", "token[]", "token%5B%5D", "pass", "app_secret",
        "Ocp-Apim-Subscription-Key", "AWSAccessKeyId", "sid", "csrf_token", "ASPSESSIONID", "PHPSESSID", "x-api-key",
        "TOKEN%20",
        "key",
    ],
)  # fmt: skip
def test_a_name_is_secret_by_what_it_ends_with(name: str) -> None:
    assert redact(f"https://h/a?{name}=q1&b=2") == f"https://h/a?{name}=REDACTED&b=2"


@pytest.mark.parametrize(
    "address",
    [
        "https://h/a?monkey=1&keyword=x&code=KZ&tokens_of=1&design=2&author=3&passenger=4&inside=5",
        "https://h/a?to=https%3A%2F%2Fx%2F%3Fyear%3D1",
        "https://h/key/figures",
        "https://h/token",
        "https://h/36f86785a2ef0cf70b400464f31e87cbe60b0894/Shymkent.XLSX#page=3",
    ],
)
def test_ordinary_addresses_stay_whole(address: str) -> None:
    assert redact(address) == address


def test_every_declared_address_is_found_again_in_the_archive() -> None:
    files = [file for dataset in load_datasets().values() for file in dataset.files]
    addresses = [address for file in files for address in (file.address, *file.alternates)]
    assert len(addresses) > 100 and [redact(address) for address in addresses] == addresses
