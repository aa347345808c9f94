"""`deepcal score`: every scan gets its quality."""

from deepcal.cli import Json, commands, emit, open_db, table

app = commands()


@app.command(epilog="Example: deepcal score")
def score(as_json: Json = False) -> None:
    """Give every scan its quality score, 0 to 10; run again, it writes only what is new or changed."""
    import ingest

    with open_db() as conn:
        done = ingest.score(conn)
    shown = table("quality", "lowered by", "scans", title=f"scores by rules {done.rules}", numbers=("scans",))
    for group in done.groups:
        span = str(group.quality) if group.quality == 10 else f"{group.quality} to {group.quality + 1}"
        shown.add_row(span, group.worst, f"{group.scans:,}")
    emit(done, as_json, shown, f"{done.new:,} scans scored, {done.changed:,} scores changed")
