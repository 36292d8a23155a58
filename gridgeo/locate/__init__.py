"""Which grid is this? Points, addresses and reports find their one grid."""
