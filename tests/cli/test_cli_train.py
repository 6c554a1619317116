"""`incidex evaluate train`, as somebody at a terminal meets it."""

import json
from hashlib import sha256
from pathlib import Path

from tests.cli.conftest import Run
from tests.corpora import write_corpus


def test_train_writes_a_model_with_its_hash(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "mine.npz"
    done = run("evaluate", "train", "--corpus", write_corpus(tmp_path), "--out", out, "--json")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["sha256"] == sha256(out.read_bytes()).hexdigest()
    assert (tmp_path / "mine.npz.sha256").read_text().split() == [made["sha256"], "mine.npz"]


def test_train_says_what_is_missing(run: Run, tmp_path: Path) -> None:
    done = run("evaluate", "train", "--corpus", tmp_path / "nowhere")
    assert done.returncode == 2
    assert "name the one that holds the labelled corpora with --corpus" in done.stderr
    done = run("evaluate", "train", "--corpus", tmp_path, "--out", tmp_path / "mine.npz")
    assert done.returncode == 2
    assert "no corpus file" in done.stderr
    assert not (tmp_path / "mine.npz").exists()
