"""The table itself."""

import pytest

from tests.cases.table import PROPERTY, Row, lines, recorder, rows_of


def test_texts_stand_to_the_left_and_numbers_to_the_right_and_what_is_unknown_is_empty():
    rows = [Row("a.mp3", "hello\nyou", 3.0, 2.96, -20.0, -21.25, 1, 12), Row("a group without files", "…", creates=0)]
    assert lines(rows) == [
        "input                  the chat shows  s in  s out  dB in  dB out  creates  calls",
        "a.mp3                  hello you        3.0    3.0  -20.0   -21.2        1     12",
        "a group without files  …                                                 0",
    ]


def test_a_long_text_is_cut():
    assert lines([Row("a", "x" * 100)])[1] == f"a      {'x' * 71}…"


def test_rows_of_a_file_stay_together_and_in_order():
    def report(nodeid, *rows):
        return pytest.TestReport(nodeid, ("", 0, ""), {}, "passed", None, "call", user_properties=rows)

    def row(name):
        return (PROPERTY, {"input": name, "shows": ""})

    reports = [
        report("b.py::test", row("b")),
        report("a.py::test_1", row("1")),
        report("a.py::test_0", ("x", 1), row("0")),
    ]
    assert [row.input for row in rows_of(reports)] == ["1", "0", "b"]


def test_what_a_test_records_travels_with_its_report(request):
    properties = request.node.user_properties
    recorder(request.node)(Row("a", "b"))
    assert properties.pop()[1]["input"] == "a"
