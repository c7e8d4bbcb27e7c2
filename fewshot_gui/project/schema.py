"""The tables of a project file, version 1.

Undo knows the JOURNALLED tables: their columns hold whole numbers and text only, which JSON gives back exactly, and
their first column is the key. What they refer to and no undo touches (places) is never changed in meaning: a place may
learn where its file now lies, or what it holds, but stays that file.
"""

from __future__ import annotations

APPLICATION_ID = 0x46655368  # "FeSh", in the file's header: tells a project from any other SQLite file
VERSION = 1  # in the file's header as user_version; a change of the tables adds 1 and a migration

JOURNALLED = {
    "classes": ("id", "name", "colour", "position"),
    "examples": ("id", "class_id", "place_id", "crop", "origin"),
    "reviews": ("content", "verdict", "class_id", "origin", "at_ms"),
    "facts": ("key", "value"),
}

# Ids of classes, examples and runs are never given again (AUTOINCREMENT): predictions of a deleted class must not
# become those of a new one.
_TABLES = """
CREATE TABLE classes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, colour INTEGER NOT NULL, position INTEGER NOT NULL
);

-- Where a file or folder lies: absolute, and as seen from the project file's folder (NULL on another drive)
CREATE TABLE places (id INTEGER PRIMARY KEY, absolute TEXT NOT NULL, relative TEXT, content TEXT);
CREATE INDEX places_absolute ON places (absolute);

CREATE TABLE examples (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    class_id INTEGER NOT NULL REFERENCES classes DEFERRABLE INITIALLY DEFERRED,
    place_id INTEGER NOT NULL REFERENCES places DEFERRABLE INITIALLY DEFERRED,
    crop TEXT, origin TEXT NOT NULL
);
CREATE INDEX examples_class ON examples (class_id);
CREATE INDEX examples_place ON examples (place_id);

CREATE TABLE reviews (
    content TEXT PRIMARY KEY, verdict TEXT NOT NULL,
    class_id INTEGER REFERENCES classes DEFERRABLE INITIALLY DEFERRED,
    origin TEXT NOT NULL, at_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX reviews_class ON reviews (class_id);

-- name, folder (id of a place), settings (JSON), truth (JSON: a table's place, its classes, and of which folder)
CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;

-- home: the folder that relative places are relative to
CREATE TABLE own (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;

CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT, action TEXT NOT NULL, at_ms INTEGER NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
);

-- A changed row before and after, as JSON: before is NULL where it was added, after where it was deleted
CREATE TABLE journal_rows (
    id INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES journal ON DELETE CASCADE,
    kind TEXT NOT NULL, before TEXT, after TEXT
);
CREATE INDEX journal_rows_entry ON journal_rows (entry);

CREATE TABLE pictures (
    id INTEGER PRIMARY KEY, relative TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    truth TEXT, content TEXT
);

CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, given TEXT NOT NULL, class_ids TEXT NOT NULL,
    began_ms INTEGER NOT NULL, ended_ms INTEGER
);

-- Columns of many pictures at once (see predictions.py): a row per picture would take seconds for 100,000
CREATE TABLE predictions (
    id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL REFERENCES runs, count INTEGER NOT NULL, relatives BLOB NOT NULL,
    labels BLOB NOT NULL, confidence BLOB NOT NULL, status BLOB NOT NULL, probabilities BLOB NOT NULL
);
CREATE INDEX predictions_run ON predictions (run_id);

CREATE TABLE history (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, correct INTEGER NOT NULL, total INTEGER NOT NULL,
    measured_on TEXT NOT NULL, run_id INTEGER, at_ms INTEGER NOT NULL
);
"""

TABLES = tuple(statement.strip() for statement in _TABLES.split(";") if statement.strip())
