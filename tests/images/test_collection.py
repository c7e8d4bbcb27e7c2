"""Labelled data sets: folders, archives and packed drawings give the same view of classes and pictures."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.images import containers
from fewshot_gui.images.collection import open_collection
from fewshot_gui.types import Picture, Unreadable


def png(value, size=(6, 4)):
    buffer = io.BytesIO()
    Image.new("RGB", size, (value, value, value)).save(buffer, "PNG")
    return buffer.getvalue()


def make_zip(path, entries):
    """entries: a list of names, or name -> bytes."""
    if not isinstance(entries, dict):
        entries = {name: png(number % 256) for number, name in enumerate(entries)}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def make_folder(root, names):
    for number, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(png(number))
    return root


def shape(collection):
    return [(c.name, c.group, c.count) for c in collection.classes]


def grey(collection, class_index, picture_index):
    picture = collection.read(class_index, picture_index, 16)
    assert isinstance(picture, Picture), picture
    return int(picture.pixels[0, 0, 0])


NESTED = ["x/b/10.png", "x/b/9.png", "x/a/1.png", "y/c/1.png", "y/c/deep/2.png"]
NESTED_SHAPE = [("x/a", "x", 1), ("x/b", "x", 2), ("y/c", "y", 2)]


def test_a_folder_of_class_folders(tmp_path):
    collection = open_collection([make_folder(tmp_path / "birds", ["b/1.png", "a/2.png", "a/sub/3.png"])])
    assert shape(collection) == [("a", None, 2), ("b", None, 1)]
    assert (collection.name, collection.split_name) == ("birds", "all")
    assert [grey(collection, 0, 0), grey(collection, 0, 1), grey(collection, 1, 0)] == [1, 2, 0]


def test_folders_and_archives_with_groups_look_alike(tmp_path):
    folder = open_collection([make_folder(tmp_path / "set", NESTED)])
    archive = open_collection([make_zip(tmp_path / "set.zip", NESTED)])
    assert shape(folder) == shape(archive) == NESTED_SHAPE
    for collection in (folder, archive):
        assert [grey(collection, 1, 0), grey(collection, 1, 1)] == [1, 0]  # 9 before 10
    assert folder.read(0, 0, 16).content == archive.read(0, 0, 16).content


@pytest.mark.parametrize(
    ("top", "entries", "expected"),
    [
        ("set-main", ["b/1.png", "a/2.png", "a/sub/3.png"], [("a", None, 2), ("b", None, 1)]),
        ("set-main/data", ["b/1.png", "a/2.png"], [("a", None, 1), ("b", None, 1)]),
        ("set-main", NESTED, NESTED_SHAPE),
    ],
)
def test_a_folder_around_all_of_an_archive_is_no_group(tmp_path, top, entries, expected):
    archive = open_collection([make_zip(tmp_path / "set.zip", ["read me.png", *(f"{top}/{name}" for name in entries)])])
    assert shape(archive) == expected
    assert archive.top == top
    split = split_file(tmp_path, test=[expected[0][0]], val=[f"{top}/{expected[1][0]}"])
    assert names(archive.split(split)) == [expected[0][0]]
    assert names(archive.split(split, "val")) == [expected[1][0]]


def test_several_archives_are_one_data_set(tmp_path):
    first = make_zip(tmp_path / "set-64-train-1.zip", ["n2/1.jpg", "n1/1.jpg"])
    second = make_zip(tmp_path / "set-64-valtest.zip", ["n3/1.jpg", "n1/2.jpg"])
    collection = open_collection([first, second, first])
    assert shape(collection) == [("n1", None, 2), ("n2", None, 1), ("n3", None, 1)]
    assert collection.name == "set-64"


def test_hidden_entries_and_what_a_mac_adds_are_no_pictures(tmp_path):
    names = ["a/1.png", "__MACOSX/a/._1.png", "a/.2.png", ".git/3.png", "a/notes.txt", "loose.png", "a\\4.png"]
    collection = open_collection([make_zip(tmp_path / "a.zip", names)])
    assert shape(collection) == [("a", None, 2)]
    assert collection.warnings == ("1 picture lies in no class folder and is left out.",)


def test_compressed_entries_are_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/1.png", png(7))
    assert grey(open_collection([tmp_path / "a.zip"]), 0, 0) == 7


def test_an_archive_can_be_read_from_many_threads(tmp_path):
    names = [f"c/{number}.png" for number in range(200)]
    collection = open_collection([make_zip(tmp_path / "a.zip", names)])
    with ThreadPoolExecutor(8) as pool:
        values = list(pool.map(lambda index: grey(collection, 0, index), range(200)))
    assert values == list(range(200))


def test_a_damaged_entry_is_unreadable_and_named(tmp_path):
    path = make_zip(tmp_path / "a.zip", {"a/1.png": png(1), "a/2.png": b"", "a/3.png": b"text of some length"})
    data = bytearray(path.read_bytes())
    data[data.index(b"IDAT") + 6] ^= 255
    path.write_bytes(data)
    collection = open_collection([path])
    found = [collection.read(0, index, 16) for index in range(3)]
    assert found == [
        Unreadable(f"{path}/a/1.png", "is damaged inside its archive"),
        Unreadable(f"{path}/a/2.png", "is empty"),
        Unreadable(f"{path}/a/3.png", "is not a picture this program knows"),
    ]


def test_a_zip_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(containers, "MAX_ENTRY_BYTES", 1 << 20)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/1.png", bytes((1 << 20) + 1))
    bad = open_collection([tmp_path / "a.zip"]).read(0, 0, 16)
    assert bad.reason == "would unpack to more than 1 MiB: it is not read"


def test_a_protected_entry_is_unreadable(tmp_path):
    path = make_zip(tmp_path / "a.zip", {"a/1.png": png(1)})
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1  # the bit that says: encrypted
    path.write_bytes(data)
    assert "password" in open_collection([path]).read(0, 0, 16).reason


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda root: [], "No data was named"),
        (lambda root: [root / "gone"], "gone does not exist"),
        (lambda root: [make_folder(root, ["only.png"]) / "only.png"], "only.png is no data set; give a folder"),
        (lambda root: [make_folder(root, ["loose.png"])], "holds no pictures in class folders; it must hold class/pic"),
        (lambda root: [make_zip(root / "a.zip", ["a/notes.txt"])], "a.zip holds no pictures in class folders"),
        (lambda root: [text(root / "a.zip")], "a.zip is not a zip archive, or is damaged"),
        (lambda root: [text(root / "a.npz")], "a.npz is no .npz of plain arrays, or is damaged"),
        (lambda root: [npz(root, leave=["images"])], "lacks the array 'images' or 'characters'"),
        (lambda root: [npz(root, images=np.zeros((3, 2, 97), np.uint8))], "must be uint8"),
        (lambda root: [npz(root, test=np.array([9]))], "the split 'test' must be a list of indices"),
        (lambda root: [npz(root, test=np.array([None]))], "no .npz of plain arrays"),
        (lambda root: [npz(root), make_zip(root / "a.zip", ["a/1.png"])], "cannot be one data set with others"),
    ],
)
def test_data_that_cannot_be_used_says_why(tmp_path, make, message):
    with pytest.raises(UserError, match=message):
        open_collection(make(tmp_path))


def text(path):
    path.write_text("no archive")
    return path


# Drawings


def npz(root, leave=(), **more):
    ink = np.zeros((3, 2, 28, 28), np.uint8)
    ink[:, :, 0, :5] = 1  # a stroke along the upper edge
    ink[1, 1, 27, 0] = 1
    arrays = {"images": np.packbits(ink.reshape(3, 2, 784), axis=-1), "characters": np.array(["A/c1", "A/c2", "B/c1"])}
    arrays |= {"vinyals_test": np.array([2, 0], np.int16), "vinyals_train": np.array([1], np.int16)} | more
    np.savez(root / "letters-28.npz", **{key: value for key, value in arrays.items() if key not in leave})
    return root / "letters-28.npz"


def test_drawings_are_black_on_white(tmp_path):
    collection = open_collection([npz(tmp_path)])
    assert shape(collection) == [("A/c1", "A", 2), ("A/c2", "A", 2), ("B/c1", "B", 2)]
    pixels = collection.read(1, 1, 84).pixels
    assert pixels.shape == (28, 28, 3)
    assert pixels.dtype == np.uint8
    assert np.argwhere(pixels[:, :, 0] == 0).tolist() == [[0, 0], [0, 1], [0, 2], [0, 3], [0, 4], [27, 0]]
    assert set(np.unique(pixels)) == {0, 255}
    assert collection.read(1, 1, 84).content != collection.read(1, 0, 84).content


def test_drawings_carry_their_own_splits(tmp_path):
    collection = open_collection([npz(tmp_path)])
    test = collection.split()
    assert test.split_name == "vinyals_test"
    assert [c.name for c in test.classes] == ["A/c1", "B/c1"]
    assert [c.name for c in collection.split(None, "vinyals_train").classes] == ["A/c2"]
    assert len(collection.split(None, "all").classes) == 3
    with pytest.raises(UsageError, match=r"has no split 'tset'. Known: vinyals_test, vinyals_train, all\."):
        collection.split(None, "tset")


def test_rotations_make_four_classes_of_one(tmp_path):
    collection = open_collection([npz(tmp_path)]).rotated()
    assert [c.name for c in collection.classes][:5] == ["A/c1", "A/c1@90", "A/c1@180", "A/c1@270", "A/c2"]
    upright = collection.read(4, 1, 28)
    for turns in (1, 2, 3):
        turned = collection.read(4 + turns, 1, 28)
        assert np.array_equal(turned.pixels, np.rot90(upright.pixels, turns))
        assert turned.pixels.flags.c_contiguous
        assert turned.content != upright.content
        assert len(turned.content) == len(upright.content)


def test_a_damaged_picture_stays_unreadable_when_rotated(tmp_path):
    collection = open_collection([make_zip(tmp_path / "a.zip", {"a/1.png": b""})]).rotated()
    assert collection.read(3, 0, 16).reason == "is empty"


# Splits


@pytest.fixture
def photos(tmp_path):
    return open_collection([make_zip(tmp_path / "photos.zip", ["s/a/1.png", "s/b/1.png", "t/a/1.png", "t/d/1.png"])])


def split_file(tmp_path, **content):
    path = tmp_path / "split.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def names(collection):
    return [c.name for c in collection.classes]


def test_the_default_split_is_test_else_val_else_all(tmp_path, photos):
    file = split_file(tmp_path, train=["s/a"], val=["s/b"], test=["t/a"])
    assert (photos.split(file).split_name, names(photos.split(file))) == ("test", ["t/a"])
    file = split_file(tmp_path, train=["s/a"], val=["s/b"])
    assert (photos.split(file).split_name, names(photos.split(file))) == ("val", ["s/b"])
    file = split_file(tmp_path, train=["s/a"])
    assert (photos.split(file).split_name, len(names(photos.split(file)))) == ("all", 4)
    assert photos.split().split_name == "all"


def test_lists_can_be_left_out(tmp_path, photos):
    file = split_file(
        tmp_path, train=["s/a", "s/b", "t/a"], near=["s/b"], same_concept=[["s/a", "t/a"]], groups={"g": ["t/a"]}
    )
    assert names(photos.split(file, "train", ["near"])) == ["s/a", "t/a"]
    assert names(photos.split(file, "train", ["same_concept"])) == ["s/b"]
    assert names(photos.split(file, "train", ["near", "groups"])) == ["s/a"]
    with pytest.raises(UsageError, match=r"has no list .far. to leave out. Known: train, near, same_concept, groups"):
        photos.split(file, "train", ["far"])


def test_classes_of_the_same_concept_are_known_by_name_and_by_index(tmp_path, photos):
    file = split_file(tmp_path, train=["s/a", "s/b", "t/a"], same_concept=[["t/a", "s/a"], ["s/b", "t/d"], ["gone"]])
    train = photos.split(file, "train")
    assert train.same_concept == (("t/a", "s/a"),)
    assert train.apart == ((2, 0),)
    assert train.select(["s/b", "t/a"]).same_concept == ()
    assert train.rotated().same_concept[1] == ("t/a@90", "s/a@90")
    assert train.rotated().apart[1] == (9, 1)


def test_classes_that_the_data_lacks_are_told(tmp_path, photos):
    file = split_file(tmp_path, val=["s/a", "u/x"], test=["u/y"])
    assert photos.split(file, "val").missing == ("u/x",)
    with pytest.raises(UserError, match=r"photos has no class of the split 'test' of split.json; it has s/a, s/b"):
        photos.split(file)


def test_keys_that_are_no_lists_of_names_are_no_splits(tmp_path, photos):
    file = split_file(tmp_path, train=["s/a"], source="text", counts={"s/a": 3}, classes={"s/a": {"n": 1}}, empty=[])
    with pytest.raises(UsageError, match=r"Known: train, all\."):
        photos.split(file, "counts")


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "cannot be read"), ("{", "is not JSON"), ("[]", "must be a JSON object"), ('{"a": 1}', "has no list of")],
)
def test_a_split_file_that_is_none(tmp_path, photos, content, message):
    file = tmp_path / "split.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(UserError, match=message):
        photos.split(file)


def test_selecting_keeps_the_order_asked_for(photos):
    assert names(photos.select(["t/d", "s/a"])) == ["t/d", "s/a"]
    with pytest.raises(UserError, match="photos has no class 'x'; it has s/a, s/b, t/a, t/d"):
        photos.select(["x"])


def test_a_sample_is_drawn_by_the_seed_and_class_by_class(tmp_path):
    names = [f"{group}/{number}.png" for group in ("a", "b") for number in range(20)]
    whole = open_collection([make_zip(tmp_path / "d.zip", [*names, "c/0.png"])])

    def contents(collection, c):
        return [collection.read(c, p, 1).content for p in range(collection.classes[c].count)]

    some = whole.sample(5, seed=3)
    assert [entry.count for entry in some.classes] == [5, 5, 1]
    assert contents(some, 0) == contents(whole.select(["a"]).sample(5, seed=3), 0)
    assert set(contents(some, 0)) < set(contents(whole, 0))
    assert contents(some, 0) != contents(whole.sample(5, seed=4), 0)
    assert [entry.count for entry in whole.sample(100, seed=3).classes] == [20, 20, 1]
