"""A model file comes back as it was written, or is refused by name."""

from pathlib import Path

import pytest
import torch

from domain.errors import InvalidInput
from gnn.model_file import CARD, WEIGHTS, model_files, read_model, write_model

TENSOR = torch.arange(4.0)


def saved(folder: Path) -> Path:
    write_model(folder, model_files("line/1", {"width": 4}, {"seed": 0}, {"weight": TENSOR}))
    return folder


def test_a_model_comes_back_as_written(tmp_path: Path) -> None:
    found = read_model(saved(tmp_path), "line/1")

    assert (found.config, found.told) == ({"width": 4}, {"seed": 0})
    assert torch.equal(found.weights["weight"], TENSOR)


def test_a_model_of_another_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"is of kind 'line/1'; wanted is 'line/2'$"):
        read_model(saved(tmp_path), "line/2")


def test_weights_that_were_cut_off_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path) / WEIGHTS
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(InvalidInput, match=r"the weights are not those of its model\.json$"):
        read_model(tmp_path, "line/1")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": "line/1", "config": 3}'])
def test_a_card_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    (saved(tmp_path) / CARD).write_text(text)

    with pytest.raises(InvalidInput, match="holds no model"):
        read_model(tmp_path, "line/1")


def test_no_model_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="holds no model"):
        read_model(tmp_path / "nowhere", "line/1")
