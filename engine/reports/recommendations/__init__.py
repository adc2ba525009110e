"""Recommendations: lists, reasons, JSON and CSV."""
