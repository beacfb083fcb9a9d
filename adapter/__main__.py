"""`python -m adapter` is `eodes`."""

from adapter.cli import main

if __name__ == "__main__":
    main()
