"""`python -m assistant` is the command line `locus`."""

from assistant.cli import main

main()
