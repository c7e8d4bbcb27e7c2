"""Scanning: which files count as pictures, in which order, and what their folders say about them."""

import os
import unicodedata

import pytest

from fewshot_gui.errors import UserError
from fewshot_gui.images.scan import scan_query, scan_support
from fewshot_gui.images.walk import natural_key

needs_links = pytest.mark.skipif(os.name == "nt", reason="Windows needs rights to make links")


def put(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"")
    return root


def below(root, scan):
    return [os.path.relpath(ref.path, root).replace(os.sep, "/") for ref in scan.refs]


def test_support_classes_are_the_first_folders_and_hold_all_below_them(tmp_path):
    scan = scan_support(put(tmp_path, "lynx/1.jpg", "lynx/winter/deep/2.png", "bobcat/3.webp"))
    assert [(path, ref.truth) for path, ref in zip(below(tmp_path, scan), scan.refs, strict=True)] == [
        ("bobcat/3.webp", "bobcat"),
        ("lynx/1.jpg", "lynx"),
        ("lynx/winter/deep/2.png", "lynx"),
    ]
    assert scan.class_names == ("bobcat", "lynx")
    assert scan.warnings == ()


def test_class_names_are_kept_as_they_are(tmp_path):
    names = ["a b", "leaf, wet", "path", "锦鲤", " lead"]
    assert sorted(scan_support(put(tmp_path, *(f"{n}/1.jpg" for n in names))).class_names) == sorted(names)


@pytest.mark.skipif(os.name == "nt", reason="Windows file systems keep no decomposed twins")
def test_class_names_are_composed_unicode(tmp_path):
    decomposed = unicodedata.normalize("NFD", "Käfer")
    put(tmp_path, f"support/{decomposed}/1.jpg", "query/Käfer/2.jpg")
    assert scan_support(tmp_path / "support").class_names == ("Käfer",)
    assert scan_query([tmp_path / "query"]).refs[0].truth == "Käfer"


def test_a_class_folder_without_pictures_is_still_a_class(tmp_path):
    put(tmp_path, "full/1.jpg")
    (tmp_path / "empty").mkdir()
    scan = scan_support(tmp_path)
    assert scan.class_names == ("empty", "full")
    assert len(scan.refs) == 1


def test_loose_pictures_in_the_support_folder_are_warned_about(tmp_path):
    scan = scan_support(put(tmp_path, "a/1.jpg", "loose.jpg", "other.png", "readme.txt"))
    assert below(tmp_path, scan) == ["a/1.jpg"]
    assert scan.warnings == (
        f"2 pictures lie loose in {tmp_path} and belong to no class; put them into a class's folder to use them.",
        "Skipped 1 file without a picture's ending (such as readme.txt).",
    )


def test_hidden_and_foreign_files_are_counted_in_one_sentence(tmp_path):
    put(tmp_path, "a/1.jpg", "a/.2.jpg", ".git/3.jpg", "a/.DS_Store", "a/notes.txt", "a/data.csv")
    for scan in (scan_support(tmp_path), scan_query([tmp_path])):
        assert below(tmp_path, scan) == ["a/1.jpg"]
        assert scan.warnings == (
            "Skipped 3 hidden files or folders and 2 files without a picture's ending (such as data.csv).",
        )


def test_heic_and_raw_photos_count_as_pictures(tmp_path):
    put(tmp_path, "a/1.HEIC", "a/2.cr2", "a/3.JPG", "a/4.Tiff")
    assert len(scan_query([tmp_path]).refs) == 4


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda root: root / "gone", "does not exist; give a folder with one sub-folder per class"),
        (lambda root: put(root, "file") / "file", "is a file; give a folder with one sub-folder of pictures per class"),
        (lambda root: root, "has no class folder: make one folder per class in it"),
        (lambda root: put(root, "1.jpg"), "1 picture lies loose in it"),
        (lambda root: put(root, ".hidden/1.jpg"), "has no class folder"),
    ],
)
def test_a_support_that_cannot_be_used_says_how_it_must_look(tmp_path, make, message):
    with pytest.raises(UserError, match=message):
        scan_support(make(tmp_path))


def test_order_is_natural(tmp_path):
    put(tmp_path, "b/10.jpg", "b/9.jpg", "B2/1.jpg", "a/x2/1.jpg", "a/x10/1.jpg", "a/y.jpg")
    assert below(tmp_path, scan_query([tmp_path])) == [
        "a/x2/1.jpg",
        "a/x10/1.jpg",
        "a/y.jpg",
        "b/9.jpg",
        "b/10.jpg",
        "B2/1.jpg",
    ]


def test_query_truth_is_the_direct_parent_folder(tmp_path, monkeypatch):
    put(tmp_path, "set/site 1/lynx/1.jpg", "set/2.jpg")
    monkeypatch.chdir(tmp_path / "set")
    assert [ref.truth for ref in scan_query(["."]).refs] == ["set", "lynx"]
    assert [ref.truth for ref in scan_query(["2.jpg", "site 1"]).refs] == ["set", "lynx"]


def test_query_paths_stay_as_given(tmp_path, monkeypatch):
    put(tmp_path, "q/1.jpg")
    monkeypatch.chdir(tmp_path)
    assert scan_query(["q"]).refs[0].path == os.path.join("q", "1.jpg")
    assert scan_query([tmp_path / "q"]).refs[0].path == str(tmp_path / "q" / "1.jpg")


def test_a_file_named_by_hand_counts_whatever_its_name_and_even_if_it_is_gone(tmp_path):
    put(tmp_path, "notes.txt", ".hidden.jpg")
    given = [tmp_path / name for name in ("notes.txt", ".hidden.jpg", "gone.jpg")]
    scan = scan_query(given)
    assert [ref.path for ref in scan.refs] == [str(path) for path in given]
    assert scan.warnings == ()


def test_no_picture_is_listed_twice(tmp_path, monkeypatch):
    put(tmp_path, "q/1.jpg", "q/sub/2.jpg")
    monkeypatch.chdir(tmp_path)
    scan = scan_query(["q/sub/2.jpg", "q", tmp_path / "q", "q/1.jpg", "q/../q/1.jpg"])
    assert [ref.path for ref in scan.refs] == ["q/sub/2.jpg", os.path.join("q", "1.jpg")]


@needs_links
def test_symlink_loops_are_survived_and_folders_keep_their_own_name(tmp_path):
    put(tmp_path, "z real/1.jpg")
    (tmp_path / "z real" / "loop").symlink_to(tmp_path)
    (tmp_path / "a link").symlink_to(tmp_path / "z real")
    scan = scan_query([tmp_path])
    assert below(tmp_path, scan) == ["z real/1.jpg"]
    assert scan.refs[0].truth == "z real"


@needs_links
def test_linked_folders_and_files_are_followed(tmp_path):
    put(tmp_path, "elsewhere/1.jpg", "elsewhere/sub/2.jpg")
    (tmp_path / "q").mkdir()
    (tmp_path / "q" / "linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "q" / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    assert below(tmp_path / "q", scan_query([tmp_path / "q"])) == ["gone.jpg", "linked/1.jpg", "linked/sub/2.jpg"]


@needs_links
def test_a_support_class_does_not_reach_the_others_through_a_loop(tmp_path):
    put(tmp_path, "a/1.jpg", "b/2.jpg")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to(tmp_path / "a")
    assert below(tmp_path, scan_support(tmp_path)) == ["a/1.jpg", "b/2.jpg"]


@needs_links
def test_two_support_classes_may_link_to_the_same_pictures(tmp_path):
    put(tmp_path, "pool/1.jpg")
    (tmp_path / "s").mkdir()
    for name in ("a", "b"):
        (tmp_path / "s" / name).symlink_to(tmp_path / "pool")
    assert [ref.truth for ref in scan_support(tmp_path / "s").refs] == ["a", "b"]


def test_a_folder_that_cannot_be_opened_is_named(tmp_path, monkeypatch):
    put(tmp_path, "q/open/1.jpg", "q/shut/2.jpg")
    scandir = os.scandir

    def guarded(path):
        if os.path.basename(path) == "shut":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)  # the superuser may open everything, so chmod shows nothing
    shut = tmp_path / "q" / "shut"
    scan = scan_query([tmp_path / "q"])
    assert len(scan.refs) == 1
    assert scan.warnings == (f"The folder {shut} could not be opened; its pictures are missing here.",)
    with pytest.raises(UserError, match="shut cannot be opened"):
        scan_query([shut])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_names_that_are_no_utf8_are_scanned(tmp_path):
    folder = os.fsencode(tmp_path) + b"/q"
    os.mkdir(folder)
    with open(folder + b"/\xff\xfe.jpg", "wb"):
        pass
    assert len(scan_query([tmp_path / "q"]).refs) == 1


def test_names_of_many_digits_sort_too():
    assert natural_key("9" * 5000) > natural_key("9" * 17) > natural_key("10")
