"""What `examine` does to a store: it tries a write and takes it back."""

from gridgeo_web.doctor import examine
from gridgeo_web.store.engine import Database
from sqlalchemy import inspect


def test_the_store_is_tried_by_a_write_that_is_taken_back(open_store, store_address):
    open_store(store_address)
    found = {finding.name: finding for finding in examine(None, store_address, None, None)}
    assert found["store"].state == "ok", found["store"].text
    database = Database(store_address)
    with database.read() as connection:
        assert "gridgeo_doctor" not in inspect(connection).get_table_names()
    database.close()
