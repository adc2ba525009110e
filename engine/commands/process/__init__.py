"""What all commands share: input, output, progress, errors and exit codes."""
