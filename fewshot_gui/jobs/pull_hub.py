"""Backbones from the hub: its own library says what there is, under which licence and with which checksum.

The bytes come by our own downloader: the library's, since 2.0, begins again after a break.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fewshot_gui.errors import UserError
from fewshot_gui.jobs import download, own_models
from fewshot_gui.jobs.catalogue import Entry
from fewshot_gui.jobs.download import Fetched
from fewshot_gui.jobs.events import Step
from fewshot_gui.jobs.pulling import LOOKING, MAKING, Offered, downloads_folder

_WEIGHTS = ("model.safetensors", "pytorch_model.bin")  # the first that is there is taken
_UNSTATED = "not stated"


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a repository. location: where it can be got; sha256: "" for small files, of which the hub has none."""

    name: str
    page: str
    location: str
    sha256: str
    megabytes: float


def from_hub(entry: Entry, name: str) -> Generator[Offered | Fetched | Step, None, str]:
    """Pulls timm:MODEL or hf:ORG/REPO; see pull.pull."""
    yield Step(LOOKING)
    from fewshot_gui.engine import foreign_weights, pretrained_timm

    hub, target = _library(), entry.source.partition(":")[2]
    if entry.kind == "timm":
        found = pretrained_timm.by_name(target, entry.input_size or None)
        about = _about(hub, found.repository)
    else:
        about = _about(hub, target)
        config = yield from _fetched(_file(hub, about, ("config.json",)), about)
        found = pretrained_timm.by_config(_json(config[0]), f"hf:{target}", target)
    card = getattr(about, "card_data", None)
    licence = entry.licence or found.licence or str(getattr(card, "license", None) or _UNSTATED)
    file = _file(hub, about, _WEIGHTS)
    origin = found.origin(file.page, licence, file.sha256)
    yield Offered(name, file.page, file.megabytes, origin.licence, entry.terms or origin.terms)
    path, sha256 = yield from _fetched(file, about)
    yield Step(MAKING)
    origin = found.origin(file.page, licence, sha256)
    network = found.network(foreign_weights.read(path), file.page)
    how = {"architecture": "timm", "options": found.options, "preprocessing": found.preprocessing}
    words = entry.about or f"timm's {found.model}, from {found.repository}."
    return own_models.finished(name, network, origin, words, own_models.card(origin, found.crop), how)


def _library() -> Any:
    try:
        import huggingface_hub
    except ModuleNotFoundError:
        raise UserError(
            'The hub is asked by huggingface_hub, which is not installed: pip install "fewshot_gui[hub]".'
        ) from None
    return huggingface_hub


def _endpoint() -> str:
    return os.environ.get("HF_ENDPOINT") or "https://huggingface.co"


def _about(hub: Any, repository: str) -> Any:
    """What the hub says of a repository: its files, their checksums, its card."""
    with _told(hub, repository):
        return hub.HfApi(endpoint=_endpoint()).model_info(repository, files_metadata=True, timeout=30)


def _file(hub: Any, about: Any, names: tuple[str, ...]) -> _File:
    there = {sibling.rfilename: sibling for sibling in about.siblings or ()}
    name = next((name for name in names if name in there), None)
    if name is None:
        raise UserError(f"{about.id} of the hub has no {' or '.join(names)}: choose another repository.")
    page = hub.hf_hub_url(about.id, name, revision=about.sha, endpoint=_endpoint())
    with _told(hub, about.id):
        location = hub.get_hf_file_metadata(page, timeout=30).location
    found = there[name]
    return _File(name, page, location, found.lfs.sha256 if found.lfs else "", (found.size or 0) / 1e6)


def _fetched(file: _File, about: Any) -> Generator[Fetched, None, tuple[Path, str]]:
    """(where the file lies, its sha256)."""
    path = downloads_folder() / f"{about.id.replace('/', '--')}--{about.sha[:12]}--{file.name}"
    return path, (yield from download.download(file.location, path, file.sha256, shown=file.name))


def _json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        path.unlink(missing_ok=True)
        raise UserError(f"{path.name} of the repository is damaged ({error}): choose another repository.") from None
    return values if isinstance(values, dict) else {}


@contextmanager
def _told(hub: Any, repository: str) -> Iterator[None]:
    """Whatever the library raises becomes a sentence."""
    try:
        yield
    except hub.errors.GatedRepoError:
        raise UserError(
            f"{repository} asks everyone to accept its licence first: do so on {_endpoint()}/{repository}, set "
            "HF_TOKEN to a token of yours, then try again."
        ) from None
    except hub.errors.RepositoryNotFoundError:
        raise UserError(f"The hub has no repository {repository}, or does not show it to everyone.") from None
    except hub.errors.HfHubHTTPError as error:
        code = getattr(error.response, "status_code", "an error")
        raise UserError(f"The hub answered {code} for {repository}: try again later.") from None
    except Exception as error:  # its network library differs from version to version, and with it what is raised
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise UserError(
            f"The hub ({_endpoint()}) could not be reached ({first}): check the connection to the network, and the "
            "proxy in HTTPS_PROXY if there is one, then try again."
        ) from None
