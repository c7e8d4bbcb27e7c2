"""Backbones, few-shot methods, meta-training and evaluation. torch; no Qt, no SQL, no picture files."""
