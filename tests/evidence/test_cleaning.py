"""What is left of texts that could harm a terminal, a CI log or a file system, or that hold credentials."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence.cleaning import LONGEST, clean, file_name


@pytest.mark.row(49)
@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain\ttext\nwith lines\n", "plain\ttext\nwith lines\n"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after \x1b]8;;http://x\x1b\\link", "after link"),
        ("\x9b2Jgone", "gone"),
        ("a\x00b\x08c\x7fd\x85e", "abcde"),
        ("progress 1%\rprogress 2%\r\nend", "progress 1%progress 2%\nend"),
        ("\u202eevil\u202c", "evil"),
        ("größer → 你好", "größer → 你好"),
        ("::error::no\n  ::set-output name=a::b", ": :error::no\n  : :set-output name=a::b"),
        ("a ##[error]b ##vso[task.complete]c ##teamcity[x]", "a # #[error]b # #vso[task.complete]c # #teamcity[x]"),
        ("std::string, # ## ###", "std::string, # ## ###"),
    ],
)
def test_only_text_is_left(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "password=canary-1",
        "MYSQL_ROOT_PASSWORD: canary-1",
        '{"token": "canary-1", "user": "a"}',
        "Authorization: Bearer canary-123",
        "authorization: canary-123",
        "bearer canary-123",
        "?api_key=canary-1&x=y",
        "db-secret = 'canary-1'",
    ],
)
def test_what_looks_like_a_credential_is_replaced(text: str) -> None:
    assert "canary" not in clean(text)
    assert "[redacted]" in clean(text)


@pytest.mark.parametrize("text", ["the token was refused", "no password given", "Secret myapp-tls not found"])
def test_what_only_speaks_of_credentials_stays(text: str) -> None:
    assert clean(text) == text


@pytest.mark.row(47)
def test_a_long_text_keeps_its_end() -> None:
    cleaned = clean("x" * LONGEST + "\nthe end\n")
    assert cleaned.startswith("[truncated]\n")
    assert cleaned.endswith("\nthe end\n")
    assert len(cleaned) == LONGEST + len("[truncated]\n")


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text)
    assert not any(ord(sign) < 32 and sign not in "\t\n" for sign in once)
    assert clean(once) == once


@pytest.mark.row(46)
@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("myapp-0/app", "myapp-0-app"),
        ("../../etc/passwd", "etc-passwd"),
        ("system:node reader", "system-node-reader"),
        ("größe", "gr-e"),
        ("..", "unnamed"),
        ("x" * 300, "x" * 100),
    ],
)
def test_names_are_safe_as_one_part_of_a_path(name: str, safe: str) -> None:
    assert file_name(name) == safe
