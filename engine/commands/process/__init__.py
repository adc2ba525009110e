"""What every command needs of its process: input, output, progress, errors, exit codes."""
