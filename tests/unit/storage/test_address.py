from pathlib import Path

import pytest

from storage.address import is_postgres, passwords_in, path_of, shown


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("sqlite:///data/verbatim.db", "data/verbatim.db"),
        ("sqlite:////data/verbatim.db", "/data/verbatim.db"),
        ("postgresql://user:pass@word@host:5432/jobs", "jobs on host:5432"),
        ("postgres://user@one:1,two:2/jobs?sslmode=require", "jobs on one:1,two:2"),
        ("postgresql:///jobs?host=/run/postgresql&password=word", "jobs on /run/postgresql"),
        ("postgresql://", "the usual one on the usual host"),
    ],
)
def test_an_address_is_shown_without_user_and_password(url, where):
    assert shown(url) == where


def test_an_address_says_which_engine_it_is_for():
    assert is_postgres("postgres://host/jobs")
    assert not is_postgres("sqlite:///postgres://host")
    assert path_of("sqlite:////data/verbatim.db") == Path("/data/verbatim.db")


@pytest.mark.parametrize(
    ("url", "passwords"),
    [
        ("postgresql://user:p%40ss@host/jobs", {"p%40ss", "p@ss"}),
        ("postgresql://user:pass@word@host/jobs", {"pass@word"}),
        ("postgresql://host/jobs?password=p%40ss&user=user", {"p%40ss", "p@ss"}),
        ("postgresql://user@host/jobs", set()),
        ("sqlite:///user:pass@host", set()),
    ],
)
def test_every_way_of_writing_a_password_is_found(url, passwords):
    assert passwords_in(url) == passwords
