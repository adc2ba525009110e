"""Run the commands: a module for each, from options to an exit code."""
