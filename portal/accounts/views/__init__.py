"""The pages of people and organisations: signing in, joining, one’s account, one’s colleagues."""
