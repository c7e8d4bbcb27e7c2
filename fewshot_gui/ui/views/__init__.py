"""One file per pane: data in by setters and models, wishes out by signals; none knows the session."""
