"""Is a database fit for this installation? Brought there without being asked where that is safe."""

from schema import state
from schema.connection import connect


def bring_up_to_date(dsn: str, private: bool) -> None:
    """Upgrade a database that needs it.

    The private database follows this installation in everything. One that others use is upgraded by itself only when
    its tables are behind: mere differences of views wait for `deepcal db upgrade`, or two versions would quarrel.

    Raises
    ------
    NotReady
        It is ahead of this installation, or this role may not upgrade it.
    """
    mine = state.of_installation()
    with connect(dsn) as conn:
        found = state.of_database(conn)
        state.refuse_newer(found)
        conn.rollback()
        if found == mine or (found and not private and found.revision == mine.revision):
            return
        from schema.upgrade import upgrade  # here, since Alembic and SQLAlchemy take half a second to import

        upgrade(conn, again=False)
