"""Where pledges and the ledger are reached."""
