"""Speeds on this machine: measured, kept by architecture and input, and read without torch."""

import json
import subprocess
import sys

import pytest

from fewshot_gui import paths
from fewshot_gui.engine import model_folder, speed
from fewshot_gui.engine.quality import Quality
from fewshot_gui.errors import UserError
from fewshot_gui.jobs import measure_speed, models, speeds
from fewshot_gui.jobs.speeds import Speed
from fewshot_gui.jobs.workbench import embed_folder
from tests.jobs.bench_help import loaded, opened, result_of
from tests.jobs.tasks import draw_classes, finished, write_tiny_model


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("FEWSHOT_GUI_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def measured(monkeypatch):
    """What was measured, instead of measuring: each model is as fast as its input is large."""
    names = []

    def measure(model):
        names.append(model.name)
        return float(model.config.preprocessing.size)

    monkeypatch.setattr(speed, "measured", measure)
    return names


def test_a_speed_is_kept_for_its_device_and_the_newest_comes_first():
    assert speeds.known("a") == ()
    for one in (Speed("CPU", 10.0), Speed("GPU", 90.0), Speed("CPU", 11.0)):
        assert speeds.note("a", one)
    assert speeds.known("a") == (Speed("CPU", 11.0), Speed("GPU", 90.0))
    assert speeds.known("b") == ()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 1}', '{"schema": 1, "speeds": {"a": {"CPU": "fast"}}}'])
def test_a_damaged_file_says_nothing_and_is_written_anew(own_cache, text):
    own_cache.mkdir()
    (own_cache / speeds.FILE).write_text(text)
    assert speeds.known("a") == ()
    assert speeds.note("a", Speed("CPU", 1.0))
    assert speeds.known("a") == (Speed("CPU", 1.0),)
    assert [file.name for file in own_cache.iterdir()] == [speeds.FILE]


def test_the_key_is_that_of_architecture_input_and_computer(monkeypatch):
    usual = ("conv4", {"width": 8}, 3, 32, ("whole",))
    others = [("conv5", *usual[1:]), ("conv4", {"width": 9}, *usual[2:]), (*usual[:2], 1, *usual[3:]),
              (*usual[:3], 40, usual[4]), (*usual[:4], ("whole", "flip"))]  # fmt: skip
    keys = {speeds.key(*what) for what in (usual, *others)}
    monkeypatch.setattr(speeds.platform, "node", lambda: "another computer")
    assert len(keys | {speeds.key(*usual)}) == 7


def test_the_list_of_models_finds_what_the_engine_measured():
    for model in models.shipped():
        speeds.note(speeds.key_of(model_folder.read_config(model.folder)), Speed("CPU", model.input_size))
    for model in models.shipped():
        assert model.speeds["balanced"] == (Speed("CPU", model.input_size),)


def test_each_quality_is_measured_once(graded, tmp_path, measured):
    again = write_tiny_model(tmp_path / "copy", seed=3)
    _, warnings = finished(measure_speed.measure([graded, str(again)], "cpu"))
    assert warnings == []
    assert measured == ["graded@fast", "graded", "graded@careful"]
    found = models.named(graded)
    assert {name: [one.per_second for one in known] for name, known in found.speeds.items()} == {
        "fast": [36.0], "balanced": [32.0], "careful": [32.0]
    }  # fmt: skip
    assert models.named(str(again)).speeds == {"balanced": found.speeds["balanced"]}
    assert found.speeds["fast"][0].device == "CPU, 2 threads"
    assert json.loads(json.dumps(found.as_json()))["speeds"]["fast"][0]["per_second"] == 36.0


def test_a_quality_that_is_another_model_has_that_ones_speed(tmp_path, measured):
    other = write_tiny_model(tmp_path / "other", size=48)
    mine = write_tiny_model(tmp_path / "mine", qualities={"careful": Quality(backbone="other")})
    finished(measure_speed.measure([str(mine)], "cpu"))
    assert models.named(str(mine)).speeds["careful"] == models.named(str(other)).speeds["balanced"]
    (other / "config.json").unlink()
    assert models.named(str(mine)).speeds["careful"] == ()


def test_a_model_that_cannot_be_loaded_is_told_and_left_out(graded, tmp_path, measured):
    broken = write_tiny_model(tmp_path / "broken")
    (broken / "model.safetensors").write_bytes(b"")
    _, warnings = finished(measure_speed.measure([str(broken), graded], "cpu"))
    assert len(warnings) == 1
    assert "model.safetensors" in warnings[0]
    assert len(measured) == 3


def test_no_place_to_keep_it_is_a_user_error(tiny, own_cache, measured):
    own_cache.write_text("no folder")
    with pytest.raises(UserError, match="could not be kept in the cache folder: free some space, or set FEWSHOT"):
        finished(measure_speed.measure([tiny], "cpu"))


def test_a_folders_run_tells_the_speed_it_went_at(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(speed, "_ENOUGH", 0.0)
    bench = loaded(tiny)
    opened(bench, draw_classes(tmp_path / "query", shots=40))
    result_of(embed_folder(bench))
    (known,) = models.named(tiny).speeds["balanced"]
    assert known.device == bench.device_name
    assert known.per_second > 0
    bench.close()


def test_the_list_is_read_without_torch():
    code = "import sys; from fewshot_gui.jobs import models; models.shipped(); assert 'torch' not in sys.modules"
    assert paths.models_folder().is_dir()
    subprocess.run([sys.executable, "-c", code], check=True)
