"""Tables of true classes: whatever a spreadsheet writes is read, and names are found as people write them."""

import os
import unicodedata

import pytest

from fewshot_gui.errors import UserError
from fewshot_gui.images.truth_table import TruthTable, read_truth

PATHS = ["/data/birds/a/1.jpg", "/data/birds/a/2.jpg", "/data/birds/b/1.jpg", "/data/birds/b/only.jpg"]


def written(folder, content, name="truth.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def matched(classes, paths=PATHS, root="/data/birds", table="/tables/truth.csv"):
    return TruthTable(table, classes).match(paths, [root])


@pytest.mark.parametrize(
    "text",
    [
        "path,class\n1.jpg,lynx\n2.jpg,fox\n",
        "File;Species\n1.jpg;lynx\n2.jpg;fox\n",
        "filename\tlabel\r\n1.jpg\tlynx\r\n\r\n2.jpg\tfox\r\n",
        "id|image|truth\n7|1.jpg|lynx\n8|2.jpg|fox\n",
        '\ufeff"path","class"\n"1.jpg","lynx"\n"2.jpg", fox \n',
        "path,label,confidence,status,reason,p:fox\n1.jpg,lynx,0.9,ok,,0.1\n3.jpg,,0.3,unknown,,0.2\n2.jpg,fox,1,ok,,0\n",
        "path,label,class\n1.jpg,0,lynx\n2.jpg,1,fox\n",
    ],
)
def test_the_header_tells_the_columns_whatever_parts_them(tmp_path, text):
    assert read_truth(written(tmp_path, text)).classes == {"1.jpg": "lynx", "2.jpg": "fox"}


def test_a_table_as_excel_writes_unicode_text_is_read(tmp_path):
    table = read_truth(written(tmp_path, "path\tclass\n猫.jpg\t猫\n".encode("utf-16")))
    assert table.classes == {"猫.jpg": "猫"}


def test_names_with_commas_and_line_breaks_are_quoted(tmp_path):
    table = read_truth(written(tmp_path, 'path,class\n"a, b.jpg","big\n""cat"""\n'))
    assert table.classes == {"a, b.jpg": 'big\n"cat"'}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty: its first line must name a column for the picture"),
        (b" \n\n", "is empty"),
        (b"1.jpg,lynx\n", "begins with '1.jpg,lynx': its first line must name a column"),
        (b"path,confidence\n1.jpg,0.5\n", "begins with 'path,confidence'"),
        (b",,\n", "begins with ',,'"),
        (b"path,class\n1.jpg\n", "Line 2 of the table .* has 1 columns"),
        (b"path,class\n1.jpg,\n,fox\n", "gives no picture a class"),
        (b"path,class\n1.jpg,lynx\n1.jpg,fox\n", "gives '1.jpg' two classes, 'lynx' and 'fox': leave one"),
        (b"path,class\n\xff\xfe1.jpg,lynx\n", "is not UTF-8 text: save it as CSV"),
        (b"PK\x03\x04\0\0\0", "is no text: save it as CSV"),
        (b"path,class\n1.jpg," + b"x" * 200_000, "is no CSV"),
    ],
)
def test_what_is_no_table_is_told_with_the_way_out(tmp_path, content, words):
    with pytest.raises(UserError, match=words):
        read_truth(written(tmp_path, content))


def test_a_table_that_is_not_there_or_a_folder_is_told(tmp_path):
    for path in (tmp_path / "gone.csv", tmp_path):
        with pytest.raises(UserError, match="cannot be read"):
            read_truth(path)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("a/1.jpg", 0),
        ("./b/../b/1.jpg", 2),
        ("a\\2.jpg", 1),
        ("/data/birds/b/1.jpg", 2),
        ("../data/birds/a/2.jpg", 1),  # as seen from the table
        ("only.jpg", 3),
    ],
)
def test_a_picture_is_named_below_the_folder_absolutely_beside_the_table_or_by_its_file(name, place):
    found = matched({name: "lynx"})
    assert found.used == {name: place}
    assert [truth is not None for truth in found.truths] == [n == place for n in range(4)]


def test_names_of_no_picture_and_names_of_several_are_told_apart():
    found = matched({"a/1.jpg": "lynx", "1.jpg": "fox", "gone.jpg": "fox", "a/only.jpg": "fox"})
    assert found.truths == ("lynx", None, None, None)
    assert (found.shared, found.unmatched) == (("1.jpg",), ("gone.jpg", "a/only.jpg"))


def test_a_file_in_the_folder_itself_is_meant_before_others_of_its_name():
    found = matched({"1.jpg": "lynx"}, ["/data/birds/1.jpg", *PATHS])
    assert found.used == {"1.jpg": 0}


def test_one_picture_written_in_two_ways_is_doubtful_only_if_its_classes_differ():
    found = matched({"a/1.jpg": "lynx", "/data/birds/a/1.jpg": "lynx", "a/./1.jpg": "fox"})
    assert found.truths[0] == "lynx"
    assert found.doubtful == ("a/./1.jpg",)


def test_the_same_letters_typed_on_another_system_are_the_same_name():
    composed, decomposed = (unicodedata.normalize(form, "é.jpg") for form in ("NFC", "NFD"))
    found = matched({composed: "lynx"}, [f"/data/birds/a/{decomposed}"])
    assert found.used == {composed: 0}


def test_100000_rows_are_matched_in_a_few_seconds():
    import time

    paths = [f"/data/birds/{n % 50}/{n}.jpg" for n in range(100_000)]
    classes = {os.path.relpath(path, "/data/birds"): "lynx" for path in paths}
    began = time.perf_counter()
    assert len(matched(classes, paths).used) == 100_000
    assert time.perf_counter() - began < 10
