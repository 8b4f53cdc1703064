"""The employer pledge: what each organisation promises for a school year, and the ledger of it."""
