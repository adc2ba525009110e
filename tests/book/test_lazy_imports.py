"""What a command has to load: heavy libraries only for the files that need them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.small_books import Shelf

READ = """
import sys
from pathlib import Path
from engine.book.book import open_book
from engine.language.load import load
playbook = load(Path(sys.argv[1])).playbook
print(len(list(open_book(Path(sys.argv[2]), playbook).prospects())))
print(*sorted({"duckdb", "holidays", "yaml"} & set(sys.modules)))
"""


def test_a_csv_book_is_read_without_duckdb(shelf: Shelf) -> None:
    shelf.csv({"prospects": "id\na\n"})
    playbook = shelf.folder.parent / "small.yaml"
    command = [sys.executable, "-c", READ, str(playbook), str(shelf.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert done.stdout.split("\n") == ["1", "yaml", ""]
