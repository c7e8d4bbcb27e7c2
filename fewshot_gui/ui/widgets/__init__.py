"""Small widgets that any pane may use; they know no session."""
