"""Model files: whole or not at all, and nothing is read that was changed."""

import os
from pathlib import Path

import pytest

from domain.errors import BrokenModel, Unavailable
from domain.model_runs import ModelKind
from gnn.artefacts import MANIFEST, Artefact, ArtefactStore, demand_form

MADE = Artefact(
    kind=ModelKind.CLASSIFIER,
    version=2,
    embedding="all-MiniLM-L6-v2",
    files={"head.safetensors": b"weights", "labels.json": b"[]"},
)


@pytest.fixture
def store(tmp_path: Path) -> ArtefactStore:
    return ArtefactStore(tmp_path)


@pytest.mark.row("EVL-4")
def test_artefact_comes_back_by_its_hash(tmp_path: Path, store: ArtefactStore) -> None:
    kept = [store.write(MADE), store.write(MADE)]
    assert kept == [MADE.hash, MADE.hash]
    assert store.read(MADE.hash) == MADE
    assert [path.name for path in tmp_path.iterdir()] == [MADE.hash]
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / MADE.hash).iterdir()}
    assert modes == {0o600}


@pytest.mark.parametrize(
    ("file", "said", "why"),
    [
        ("head.safetensors", b"weighty", "head.safetensors was changed"),
        ("head.safetensors", b"wei", "head.safetensors is cut off"),
        ("head.safetensors", b"weights and more", "head.safetensors is longer than it says"),
        (MANIFEST, b"{}", "its manifest was changed"),
        ("head.safetensors", None, "its file cannot be read (No such file or directory)"),
    ],
)
def test_changed_file_is_not_read(
    tmp_path: Path, store: ArtefactStore, file: str, said: bytes | None, why: str
) -> None:
    store.write(MADE)
    place = tmp_path / MADE.hash / file
    place.unlink()
    if said is not None:
        place.write_bytes(said)
    with pytest.raises(BrokenModel) as broken:
        store.read(MADE.hash)
    assert broken.value.reason == why


@pytest.mark.parametrize("name", ["../../secrets.json", "model.pkl", "a/b.json", ""])
def test_file_of_another_name_is_not_read(store: ArtefactStore, tmp_path: Path, name: str) -> None:
    hostile = Artefact(kind=MADE.kind, version=1, embedding=None, files={name: b"{}"})
    place = tmp_path / hostile.hash
    place.mkdir()
    (place / MANIFEST).write_bytes(hostile.manifest)
    with pytest.raises(BrokenModel, match="is no name of a model's file"):
        store.read(hostile.hash)


@pytest.mark.parametrize("hash", ["..", "../../etc", "A" * 64, ""])
def test_hash_is_no_path(store: ArtefactStore, hash: str) -> None:
    with pytest.raises(BrokenModel, match="no SHA-256"):
        store.read(hash)


def test_full_disk_leaves_nothing(
    tmp_path: Path, store: ArtefactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match="No space left on device"):
        store.write(MADE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "version", "embedding", "why"),
    [
        (ModelKind.RANKER, 2, "all-MiniLM-L6-v2", "it is a classifier, and no ranker"),
        (
            ModelKind.CLASSIFIER,
            3,
            "all-MiniLM-L6-v2",
            "its form is version 2, and 3 is read here",
        ),
        (
            ModelKind.CLASSIFIER,
            2,
            "other",
            "it reads vectors of all-MiniLM-L6-v2, and these are of other",
        ),
    ],
)
def test_form_that_does_not_fit_is_refused(
    kind: ModelKind, version: int, embedding: str, why: str
) -> None:
    with pytest.raises(BrokenModel) as broken:
        demand_form(MADE, kind, version, embedding)
    assert broken.value.reason == why
