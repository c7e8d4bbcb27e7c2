import csv
import io
import json

import pytest

from fewshot_gui.export import FORMATS
from fewshot_gui.types import Prediction

CLASSES = ("a class, with comma", "path", 'Größe "9" 猫', "two\nlines")
SHARES = (0.5, 0.25, 0.125, 0.125)
OK = Prediction("näh, 1.jpg", CLASSES[0], 0.5, "ok", "", dict(zip(CLASSES, SHARES, strict=True)))
UNKNOWN = Prediction("b.jpg", "", 0.5, "unknown", "", dict(zip(CLASSES, SHARES, strict=True)))
UNREADABLE = Prediction("c.jpg", "", None, "unreadable", "is empty", {})
SUMMARY = {"schema": 1, "images": 3}


def written(ending, batches=((OK, UNKNOWN), (UNREADABLE,))):
    stream = io.StringIO(newline="")
    writer = FORMATS[ending](stream)
    writer.begin(CLASSES)
    for batch in batches:
        writer.write(batch)
    writer.end(SUMMARY)
    return stream.getvalue()


def read_csv(text):
    return [
        Prediction(
            line["path"],
            line["label"],
            float(line["confidence"]) if line["confidence"] else None,
            line["status"],
            line["reason"],
            {name[2:]: float(p) for name, p in line.items() if name.startswith("p:") and p},
        )
        for line in csv.DictReader(io.StringIO(text, newline=""))
    ]


def read_jsonl(text):
    return [Prediction(**json.loads(line)) for line in text.splitlines()]


def read_json(text):
    return [Prediction(**picture) for picture in json.loads(text)["pictures"]]


READERS = {"csv": read_csv, "json": read_json, "jsonl": read_jsonl}


def test_every_format_has_its_round_trip_here():
    assert set(FORMATS) == set(READERS)


@pytest.mark.parametrize("ending", sorted(READERS))
def test_what_is_written_reads_back_as_the_same_predictions(ending):
    assert READERS[ending](written(ending)) == [OK, UNKNOWN, UNREADABLE]


@pytest.mark.parametrize("ending", sorted(READERS))
def test_a_run_without_pictures_is_well_formed(ending):
    assert READERS[ending](written(ending, ())) == []


def test_csv_columns_and_empty_fields_are_the_contracts():
    header, ok, unknown, unreadable = csv.reader(io.StringIO(written("csv"), newline=""))
    assert header == ["path", "label", "confidence", "status", "reason", *(f"p:{name}" for name in CLASSES)]
    shares = ["0.500000", "0.250000", "0.125000", "0.125000"]
    assert ok == ["näh, 1.jpg", CLASSES[0], "0.500000", "ok", "", *shares]
    assert unknown == ["b.jpg", "", "0.500000", "unknown", "", *shares]
    assert unreadable == ["c.jpg", "", "", "unreadable", "is empty", "", "", "", ""]


def test_json_holds_schema_summary_and_pictures():
    value = json.loads(written("json"))
    assert value["schema"] == 1
    assert value["summary"] == SUMMARY
    assert list(value["pictures"][0]) == ["path", "label", "confidence", "status", "reason", "probabilities"]


def test_a_json_line_per_picture():
    lines = written("jsonl").splitlines()
    assert len(lines) == 3
    assert list(json.loads(lines[0])) == ["path", "label", "confidence", "status", "reason", "probabilities"]
