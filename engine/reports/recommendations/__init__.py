"""Format recommendations: lists, reasons, JSON and CSV."""
