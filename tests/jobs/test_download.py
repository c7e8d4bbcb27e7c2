"""Downloads against a server on this machine: whole, broken off, wrong, refused."""

import errno
import hashlib
import socket
from pathlib import Path

import pytest

from fewshot_gui.errors import UserError
from fewshot_gui.jobs import download as module
from fewshot_gui.jobs.download import download
from tests import web as loopback

CONTENT = bytes(range(256)) * 4000  # about 1 MB, so that it comes in several pieces
CHECKSUM = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def web(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with loopback.serving() as web:
        web.files["/w.pth"] = CONTENT
        yield web


@pytest.fixture
def target(tmp_path):
    return tmp_path / "downloads" / "w.pth"


def events_of(job):
    found = []
    while True:
        try:
            found.append(next(job))
        except StopIteration as end:
            return found, end.value


def failing(url, target, checksum=CHECKSUM[:8]):
    with pytest.raises(UserError) as caught:
        events_of(download(url, target, checksum))
    assert caught.value.exit_code == 1
    assert not target.exists()
    return str(caught.value)


def part_of(target):
    return target.with_name("w.pth.part")


def test_a_file_comes_whole_with_its_progress(web, target):
    events, found = events_of(download(f"{web.address}/w.pth", target, CHECKSUM[:8]))
    assert target.read_bytes() == CONTENT
    assert found == CHECKSUM
    assert [event.file for event in events] == ["w.pth"] * len(events)
    done = [event.done for event in events]
    assert (done[0], done[-1]) == (0, len(CONTENT))
    assert done == sorted(done)
    assert len(done) > 3
    assert {event.total for event in events} == {len(CONTENT)}
    assert events[-1].share == 1
    assert events[-1].per_second > 0
    assert not part_of(target).exists()


def test_what_is_there_already_is_not_asked_for_again(web, target):
    events_of(download(f"{web.address}/w.pth", target, CHECKSUM[:8]))
    assert events_of(download(f"{web.address}/w.pth", target, CHECKSUM[:8])) == ([], CHECKSUM)
    assert len(web.asked) == 1


def test_a_damaged_one_that_is_there_is_fetched_again(web, target):
    target.parent.mkdir()
    target.write_bytes(CONTENT[:100])
    events_of(download(f"{web.address}/w.pth", target, CHECKSUM[:8]))
    assert target.read_bytes() == CONTENT


def test_a_download_that_broke_off_is_gone_on_from_there(web, target):
    web.breaks_after = 300_000
    sentence = failing(f"{web.address}/w.pth", target)
    assert (
        sentence
        == "The download of w.pth from 127.0.0.1 broke off after 0.3 MB: do the same again to go on from there."
    )
    assert part_of(target).read_bytes() == CONTENT[:300_000]
    web.breaks_after = None
    events, _ = events_of(download(f"{web.address}/w.pth", target, CHECKSUM[:8]))
    assert web.asked[-1] == ("GET", "/w.pth", "bytes=300000-")
    assert (events[0].done, events[-1].done) == (300_000, len(CONTENT))
    assert target.read_bytes() == CONTENT


def test_one_that_was_stopped_is_gone_on_from_there(web, target):
    job = download(f"{web.address}/w.pth", target, CHECKSUM[:8])
    while next(job).done < 500_000:
        pass
    job.close()
    have = part_of(target).stat().st_size
    assert 500_000 <= have < len(CONTENT)
    events_of(download(f"{web.address}/w.pth", target, CHECKSUM[:8]))
    assert web.asked[-1][2] == f"bytes={have}-"
    assert target.read_bytes() == CONTENT


def test_a_server_without_ranges_sends_all_again(web, target):
    part_of(target).parent.mkdir()
    part_of(target).write_bytes(CONTENT[:300_000])
    web.ranges = False
    events, _ = events_of(download(f"{web.address}/w.pth", target, CHECKSUM[:8]))
    assert events[0].done == 0
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("extra", [b"", b"more than there should be"])
def test_a_part_that_was_whole_already_is_checked(web, target, extra):
    part_of(target).parent.mkdir()
    part_of(target).write_bytes(CONTENT + extra)
    events_of(download(f"{web.address}/w.pth", target, CHECKSUM[:8]))
    assert target.read_bytes() == CONTENT


def test_without_a_checksum_nothing_is_gone_on_from(web, target):
    part_of(target).parent.mkdir()
    part_of(target).write_bytes(b"another version of the file")
    _, found = events_of(download(f"{web.address}/w.pth", target))
    assert (web.asked[-1][2], found) == ("", CHECKSUM)
    assert target.read_bytes() == CONTENT


def test_a_file_with_another_checksum_is_deleted(web, target):
    sentence = failing(f"{web.address}/w.pth", target, "0123abcd")
    assert f"its checksum begins with {CHECKSUM[:8]}, not with 0123abcd. It was deleted; try again" in sentence
    assert list(target.parent.iterdir()) == []


def test_a_file_that_is_not_there(web, target):
    assert failing(f"{web.address}/x.pth", target) == (
        "127.0.0.1 has no x.pth (404): it may have moved; update the program, or choose another."
    )


def test_a_server_in_trouble(web, target):
    web.status = 503
    assert failing(f"{web.address}/w.pth", target) == (
        "127.0.0.1 answered 503 (Service Unavailable) for w.pth: try again later."
    )


def test_nobody_listening(web, target):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/w.pth"
        assert failing(address, target).startswith(
            "127.0.0.1 refused the connection: check the connection to the network"
        )


def test_no_network_and_a_name_that_nobody_knows(web, target, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert failing("http://weights.example/w.pth", target) == (
        "weights.example was not found: check the connection to the network, and the proxy in HTTPS_PROXY if there is "
        "one, then try again."
    )


def test_a_connection_that_is_reset_in_between(web, target, monkeypatch):
    read, pieces = module._read, []

    def reset(answer):
        if pieces:
            raise module._BrokenOff("Connection reset by peer")
        pieces.append(read(answer))
        return pieces[0]

    monkeypatch.setattr(module, "_read", reset)
    assert "broke off after 0.3 MB (Connection reset by peer): do the same again" in failing(
        f"{web.address}/w.pth", target
    )
    assert part_of(target).read_bytes() == pieces[0]


def test_a_full_disk(web, target, monkeypatch):
    opened = Path.open

    class Full:
        def __init__(self, file):
            self._file = file

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self._file.close()

        def __getattr__(self, name):
            return getattr(self._file, name)

        def write(self, piece):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "open", lambda path, mode="r", **how: Full(opened(path, mode, **how))
                        if path.suffix == ".part" and "w" in mode else opened(path, mode, **how))  # fmt: skip
    assert failing(f"{web.address}/w.pth", target) == (
        f"The disk of {target.parent} is full: free some space, then do the same again."
    )


def test_a_folder_that_cannot_be_written_to(web, tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert "could not be written to" in failing(f"{web.address}/w.pth", tmp_path / "file" / "w.pth")


def test_the_environments_proxy_is_asked_for_what_lies_elsewhere(web, target, monkeypatch):
    monkeypatch.setenv("http_proxy", web.address)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    web.files["http://weights.example/w.pth"] = CONTENT
    events_of(download("http://weights.example/w.pth", target, CHECKSUM[:8]))
    assert web.asked == [("GET", "http://weights.example/w.pth", "")]
    assert target.read_bytes() == CONTENT
