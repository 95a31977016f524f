"""What a policy refuses: an unknown kind of content, and a contact that no header can hold."""

import pytest

from data_contracts.errors import UserError
from sources.http.fetch_policy import USER_AGENT, FetchPolicy, user_agent


def test_the_contact_is_added() -> None:
    assert user_agent("") == USER_AGENT
    assert user_agent("data@office.example") == f"{USER_AGENT}; data@office.example"


@pytest.mark.parametrize("contact", ["почта@пример.кз", "a\r\nX-Evil: 1", "a\tb", "a\x7f", "a" * 201])
def test_a_contact_that_no_header_holds_is_said(contact: str) -> None:
    with pytest.raises(UserError, match="DVSTATS_CONTACT=.*Latin letters on one line"):
        user_agent(contact)


def test_an_unknown_kind_is_a_mistake_of_the_declaration() -> None:
    with pytest.raises(ValueError, match="spreadsheet"):
        FetchPolicy(hosts=("h",), expected=("spreadsheet",))
