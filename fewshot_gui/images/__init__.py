"""Pictures on disk: finding them, decoding them to uint8 arrays, labelled data sets, generated demo pictures.

Pillow and numpy; no torch, no Qt.
"""
