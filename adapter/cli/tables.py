"""Tables on standard output: as wide as the terminal, or as wide as they are where nobody looks."""

from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from adapter.cli.say import printable, put

WIDE = 10_000


def put_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
    """A title and rows under their columns; absent cells are empty."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else printable(str(cell))) for cell in row))
    with console.capture() as captured:
        if title:
            console.print(Text(title, style="bold"))
        console.print(table)
    put("\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n\n")
