"""Problems of playbooks, tests and books."""
