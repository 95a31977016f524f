"""``operations.yaml``: what is read, and that every mistake is refused with its line."""

from pathlib import Path

import pytest

from data_contracts.errors import UserError
from data_contracts.strict_files import DeclarationError
from pipelines.operations.declared import FILE, VARIABLE, load_operations, operations_file, targets

GOOD = """\
site: https://statistics.example.org
channels:
  mail: {kind: smtp, host: mail.example.org, sender: dv@example.org, user: dv, password_from: DV_PASSWORD}
  chat: {kind: webhook, shape: slack, address_from: DV_CHAT}
  share: {kind: folder, path: /srv/share}
alerts:
  stale_after_days: 5
  receivers:
    analyst: {channel: mail, to: [a@example.org, b@example.org], language: ru, countries: [KZ]}
    team: {channel: chat, when: daily}
deliveries:
  ministry: {channel: share, what: [workbook], topics: [orders]}
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(VARIABLE, raising=False)
    (tmp_path / FILE).write_text(GOOD, encoding="utf-8")
    return tmp_path


def test_what_is_declared_is_read(write: Path) -> None:
    operations = load_operations(write)
    assert operations and operations.alerts
    assert operations.channels["mail"].port == 587 and operations.channels["mail"].security == "starttls"
    assert operations.alerts.stale_after_days == 5 and operations.alerts.receivers["team"].when == "daily"
    assert operations.deliveries["ministry"].topics == ("orders",)


def test_each_address_is_a_target_whose_name_does_not_hold_it(write: Path) -> None:
    operations = load_operations(write)
    assert operations and operations.alerts
    found = list(targets("analyst", operations.alerts.receivers["analyst"]))
    assert [target.to for target in found] == ["a@example.org", "b@example.org"]
    assert len({target.id for target in found}) == 2
    assert all(target.id.startswith("analyst.") and "@" not in target.id for target in found)


def test_nothing_declared_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert load_operations(tmp_path) is None


def test_the_file_may_be_elsewhere(write: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "etc" / "office.yaml"
    monkeypatch.setenv(VARIABLE, str(other))
    with pytest.raises(UserError, match=r"office\.yaml, which is no file"):
        load_operations(write)
    other.parent.mkdir()
    other.write_text("channels: {}\n", encoding="utf-8")
    operations = load_operations(write)
    assert operations_file(write) == other and operations and operations.alerts is None


MISTAKES = {
    "misspelt key": ("kind: smtp, host", "kind: smtp, hsot", 3, "unknown key 'hsot', did you mean 'host'"),
    "misspelt key at the top": ("deliveries:", "delivery:", 11, "did you mean 'deliveries'"),
    "kind": ("kind: folder", "kind: ftp", 5, "'kind' must be one of smtp, webhook, folder, s3, sftp"),
    "no kind": ("kind: folder, ", "", 5, "'kind' must be one of"),
    "unknown channel": ("channel: chat", "channel: caht", 10, "did you mean 'chat'"),
    "unknown country": ("countries: [KZ]", "countries: [KA]", 9, "'KA' is not one of KZ, KG, TJ, UZ"),
    "comparator": ("countries: [KZ]", "countries: [DE]", 9, "'DE' is not one of"),
    "unknown topic": ("topics: [orders]", "topics: [order]", 12, "did you mean 'orders'"),
    "unknown content": ("what: [workbook]", "what: [excel]", 12, "'excel' is not one of"),
    "brief of open data": ("what: [workbook]", "what: [brief], licence: open", 12, "a brief cannot leave data out"),
    "nothing to deliver": ("what: [workbook], ", "what: [], ", 12, "at least 1 item"),
    "alerts into a folder": ("channel: chat, when", "channel: share, when", 10, "alerts go by smtp or webhook"),
    "e-mail without address": ("to: [a@example.org, b@example.org], ", "", 9, "needs addresses under 'to'"),
    "address that is none": ("b@example.org", "b", 9, "'b' is no e-mail address"),
    "chat with addresses": ("{channel: chat, when", "{channel: chat, to: [a@b.c], when", 10, "for e-mail only"),
    "address of a chat in the file": (
        "address_from: DV_CHAT",
        "address: https://hooks.example.org/T1/B2/c3",
        4,
        "is a secret: put it into address_from",
    ),
    "two addresses": ("address_from: DV_CHAT", "address_from: DV_CHAT, address: x", 4, "one of address"),
    "no TLS": ("sender: dv", "security: none, sender: dv", 3, "only this machine"),
    "user without password": (", password_from: DV_PASSWORD", "", 3, "belong together"),
    "relative path": ("path: /srv/share", "path: share", 5, "absolute path"),
    "name": ("  team:", "  The Team:", 10, "lower case letters"),
    "list": ("stale_after_days: 5", "stale_after_days: [5]", 7, "a whole number is expected, not a list"),
    "wrong number": ("stale_after_days: 5", "stale_after_days: soon", 7, "stale_after_days"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_refused_with_its_line(write: Path, name: str) -> None:
    old, new, line, words = MISTAKES[name]
    assert old in GOOD
    (write / FILE).write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(DeclarationError) as caught:
        load_operations(write)
    assert f"{FILE}, line {line}: " in str(caught.value) and words in str(caught.value)


def test_links_need_the_address_of_the_site(write: Path) -> None:
    text = GOOD.replace("site: https://statistics.example.org\n", "").replace("[workbook]", "[site]")
    (write / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"line 11: .*needs its address under 'site'"):
        load_operations(write)


def test_a_secret_in_the_file_is_refused_and_not_repeated(write: Path) -> None:
    (write / FILE).write_text(GOOD.replace("DV_PASSWORD", "hunter2!"), encoding="utf-8")
    with pytest.raises(DeclarationError, match="not the secret itself") as caught:
        load_operations(write)
    assert "hunter2" not in str(caught.value)


def test_the_folder_of_a_delivery_is_outside_the_data(write: Path) -> None:
    (write / FILE).write_text(GOOD.replace("/srv/share", f"{write}/releases"), encoding="utf-8")
    with pytest.raises(DeclarationError, match="inside the data directory"):
        load_operations(write)


def test_a_webhook_takes_no_files(write: Path) -> None:
    (write / FILE).write_text(GOOD.replace("{channel: share", "{channel: chat"), encoding="utf-8")
    with pytest.raises(DeclarationError, match="takes a message with a link, no files"):
        load_operations(write)
