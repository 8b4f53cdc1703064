"""Finding entries: the only code that knows a search engine.

The index is disposable: ``portal reindex`` makes it again from the database.
"""
