"""What the tests of endpoints share with those of brokers."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "relay"))
