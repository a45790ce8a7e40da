"""What buttons carry: short, written and read in one place, and never believed."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.writing.button_data import (
    KINDS,
    Admit,
    AskLanguage,
    AskVersion,
    CancelJob,
    Choose,
    HandOver,
    InLanguage,
    KeepOwner,
    ShowGuests,
    ShowPage,
    WithModel,
    read,
    write,
)

CARRIED = [
    (CancelJob(7), "1:cancel:7"),
    (AskLanguage(7), "1:tongue:7"),
    (AskVersion(7), "1:versions:7"),
    (WithModel(7, "nova-2-conversationalai"), "1:with:7:nova-2-conversationalai"),
    (InLanguage(7, "pt-BR"), "1:in:7:pt-BR"),
    (Admit(-1001234567890, 1), "1:admit:-1001234567890:1"),
    (ShowGuests(2), "1:guests:2"),
    (HandOver(5), "1:owner:5"),
    (KeepOwner(), "1:keep"),
    (ShowPage(), "1:page::0"),
    (ShowPage("language", 3), "1:page:language:3"),
    (Choose("model", "nova-2-conversationalai"), "1:set:model:nova-2-conversationalai"),
    (Choose("keep", "0"), "1:set:keep:0"),
    (Choose("interface", "pt_BR"), "1:set:interface:pt_BR"),
]


@pytest.mark.parametrize(("carried", "data"), CARRIED)
def test_what_is_written_is_read(carried, data):
    assert write(carried) == data
    assert read(data) == carried


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_button_of_every_kind_is_short_enough_and_comes_back(kind):
    longest = kind(*(-(10**18 - 1) if each.type is int else "conversationalai" for each in fields(kind)))
    assert len(write(longest).encode()) <= 64
    assert read(write(longest)) == longest


@pytest.mark.parametrize(("data", "job_id"), [("cancel:1", 1), ("cancel:007", 7), (f"cancel:{10**17}", 10**17)])
def test_a_cancel_button_from_before_there_were_versions_still_names_its_job(data, job_id):
    assert read(data) == CancelJob(job_id)


@pytest.mark.parametrize(
    "data",
    [
        None,
        "",
        "1",
        "1:",
        ":",
        "1:cancel",
        "1:cancel:",
        "1:cancel:x",
        "1:cancel:1:2",
        "1:cancel:1:",
        "1:cancel:+1",
        "1:cancel: 1",
        "1:cancel:1_0",
        "1:cancel:１",
        "1:cancel:²",
        f"1:cancel:{2**64}",
        "1:nothing:1",
        "1:Cancel:1",
        "2:cancel:1",
        "01:cancel:1",
        "1:set:mode",
        "1:set:mode:off ",
        "1:set:mode:ö",
        "1:set:mode:\x00",
        "1:set:mode:" + "x" * 60,
        "cancel:",
        "cancel",
        "cancel:-1",
        "cancel:1 ",
        "cancel:1\n",
        "cancel:²",
        "xcancel:1",
        "cancel:cancel:1",
        "CANCEL:1",
        f"cancel:{2**63}",
        "cancel:" + "9" * 5000,
        "\ud800",
    ],
)
def test_other_data_carries_nothing(data):
    assert read(data) is None


@given(st.text() | st.from_regex(r"1:(cancel|page|set)(:[a-z0-9-]*){0,4}", fullmatch=True))
def test_whatever_is_read_can_be_written_again(data):
    carried = read(data)
    if carried is not None:
        assert read(write(carried)) == carried


@pytest.mark.parametrize("carried", [Choose("model", "x" * 60), Choose("a:b", ""), Choose("a", "ö"), CancelJob(10**19)])
def test_what_no_button_can_carry_is_not_written(carried):
    with pytest.raises(ValueError, match="no button"):
        write(carried)
