"""Measuring how fast models are here: `measure(names)`. See jobs/speeds.py."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from fewshot_gui.engine import device as devices
from fewshot_gui.engine import speed
from fewshot_gui.errors import UserError
from fewshot_gui.jobs import backbone, models, speeds
from fewshot_gui.jobs.events import Step, Told, Warned
from fewshot_gui.jobs.live_adapt import model_errors
from fewshot_gui.jobs.speeds import Speed


def measure(names: Sequence[str], device: str = "auto") -> Generator[Step | Warned, None, None]:
    """Measures models, by name or folder, in all their qualities, some three seconds each; `speeds.known` has it then.

    One that cannot be loaded is warned of and left out; UserError for a device that does not work, or if there is no
    place to keep what was measured.
    """
    told, done, kept = Told(), set[str](), True
    chosen = devices.choose(device, told)
    wanted = [(name, quality) for name in names for quality in models.named(name).quality_names]
    for number, (name, quality) in enumerate(wanted):
        yield Step("Measuring the speed", number / len(wanted))
        yield from told.news()
        try:
            found = backbone.find(name, quality)
            if (key := speeds.key_of(found.config)) not in done:
                with model_errors(found.name):
                    per_second = speed.measured(found.load(chosen))
                kept = speeds.note(key, Speed(devices.describe(chosen), per_second))
                done.add(key)
        except UserError as error:
            told(str(error))
        if not kept:
            raise UserError(
                "The speed could not be kept in the cache folder: free some space, or set FEWSHOT_GUI_CACHE to another "
                "one."
            )
    yield from told.news()
