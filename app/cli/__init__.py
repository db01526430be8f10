"""The command line, made from the registry of operations; the contract is command-line.md."""
