"""Qt item models over numpy columns, and the plain arithmetic (order, selection, cells) behind them."""
