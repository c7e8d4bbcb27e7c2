import pytest

from fewshot_gui.project.drives import file_system, is_network, linux_mounts, mac_mounts, on_network

LINUX = r"""/dev/sda1 / ext4 rw,relatime 0 0
server:/export /home/with\040blank nfs4 rw 0 0
//box/share /mnt cifs rw 0 0
/dev/sdb1 /mnt/disk ext4 rw 0 0
sshfs#x /media/far fuse.sshfs rw 0 0
tmpfs /mnt/disk tmpfs rw 0 0
"""
MAC = """/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
//me@box/share on /Volumes/My share (smbfs, nodev, nosuid, mounted by me)
/dev/disk4s1 on /Volumes/Stick (exfat, local, nodev)
"""


@pytest.mark.parametrize(
    ("path", "kind", "network"),
    [
        ("/etc/x", "ext4", False),
        ("/home/with blank/a/b.fewshot", "nfs4", True),
        ("/home/without", "ext4", False),
        ("/mnt/x", "cifs", True),
        ("/mnt/disk/x", "tmpfs", False),
        ("/media/far/x", "fuse.sshfs", True),
    ],
)
def test_the_innermost_and_last_mount_tells_the_kind_of_drive_on_linux(path, kind, network):
    assert file_system(path, linux_mounts(LINUX)) == kind
    assert is_network(kind) is network


@pytest.mark.parametrize(
    ("path", "network"), [("/Volumes/My share/x", True), ("/Volumes/Stick/x", False), ("/x", False)]
)
def test_network_drives_are_told_on_macos(path, network):
    assert is_network(file_system(path, mac_mounts(MAC))) is network


def test_a_temporary_folder_is_local(tmp_path):
    assert not on_network(tmp_path / "birds.fewshot")
