"""Input, output, progress, errors and exit codes, as every command needs them."""
