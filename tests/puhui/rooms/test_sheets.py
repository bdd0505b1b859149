"""Sheets go out as XLSX and come back as text; what is wrong is said, never guessed."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from zipfile import ZipFile

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from puhui.sheets import Column, Sheet, SheetUnreadable, read_table, write_answers, write_book, write_template

COLUMNS = [
    Column("编号"),
    Column("数量", "whole"),
    Column("金额（元）", "decimal"),
    Column("日期", "date"),
    Column("时间", "moment"),
]
ROW = ["0012345678901234567", 12345, Decimal("0.10"), date(2026, 3, 5), datetime(2026, 3, 5, 0, 30, tzinfo=UTC)]


def test_what_is_written_is_read_back_as_people_see_it(app: Flask) -> None:
    with app.test_request_context():
        book = write_book([Sheet("清单", COLUMNS, [ROW])])
    table = read_table("清单.xlsx", book)
    assert table.header == ["编号", "数量", "金额（元）", "日期", "时间"]
    assert table.rows == [["0012345678901234567", "12345", "0.1", "2026-03-05", "2026-03-05 08:30:00"]]


def test_a_number_that_excel_would_shorten_goes_as_text(app: Flask) -> None:
    with app.test_request_context():
        book = write_book([Sheet("数", [Column("数量", "whole")], [[9_007_199_254_740_991]])])
    assert read_table("数.xlsx", book).rows == [["9007199254740991"]]


def test_text_that_looks_like_a_formula_stays_text(app: Flask) -> None:
    with app.test_request_context():
        book = write_book([Sheet("名", [Column("名称")], [["=1+1"], ["+86 138"], ["@SUM(A1)"]])])
    assert read_table("名.xlsx", book).rows == [["=1+1"], ["+86 138"], ["@SUM(A1)"]]
    with ZipFile(io.BytesIO(book)) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")


def test_a_template_has_drop_downs_a_sample_and_how_to_fill_it_in(app: Flask) -> None:
    with app.test_request_context():
        book = write_template(
            "成员", [Column("角色", choices=["成员", "审核员"])], samples=[["成员"]], notes=["每行一人。"]
        )
    assert read_table("成员.xlsx", book).rows == [["成员"]]
    assert read_table("成员.xlsx", book, sheet="填写说明").rows == [["每行一人。"]]
    with ZipFile(io.BytesIO(book)) as packed:
        assert "成员,审核员" in packed.read("xl/worksheets/sheet1.xml").decode()


def test_a_sheet_comes_back_with_its_reasons(app: Flask) -> None:
    table = read_table("a.csv", "姓名,手机\n林晓,138\n小周,139\n".encode())
    with app.test_request_context():
        answer = read_table("a.xlsx", write_answers(table, {1: "手机号须是 11 位。"}))
    assert answer.header == ["姓名", "手机", "错误原因"]
    assert answer.rows == [["林晓", "138", ""], ["小周", "139", "手机号须是 11 位。"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_that_people_send(encoding: str) -> None:
    assert read_table("a.csv", "姓名,备注\n\n林晓,䶮\n".encode(encoding)).rows == [["林晓", "䶮"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sheet_empty"),
        (b"\n\n , \n", "sheet_empty"),
        (b"\xd0\xcf\x11\xe0 old", "sheet_old_excel"),
        (b"PK\x03\x04 broken", "sheet_damaged"),
        (b"a,b\n1,2,3\n", "sheet_too_wide"),
        (b'a,b\n"1,2\n', "sheet_damaged"),
        (b"a\n\xff\xff\n", "sheet_encoding_unknown"),
        (b"a\nx\0y\n", "sheet_encoding_unknown"),
        (b"a\n" + b"1\n" * 250_001, "sheet_too_long"),
    ],
)
def test_what_is_no_sheet_is_refused_with_its_reason(content: bytes, code: str) -> None:
    with pytest.raises(SheetUnreadable) as refused:
        read_table("a.csv", content)
    assert refused.value.code == code


@settings(max_examples=40)
@given(st.binary(max_size=300))
def test_no_bytes_bring_the_reader_down(content: bytes) -> None:
    try:
        table = read_table("x", content)
    except SheetUnreadable:
        return
    assert all(len(row) == len(table.header) for row in table.rows)
