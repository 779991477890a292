"""The database triggers that raise the content generation; used by migrations."""

from django.db import migrations

CREATE_FUNCTION = """
CREATE FUNCTION pagecache_raise_generation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Triggers of statements fire also when the statement found nothing to do, as most of the jobs do.
    IF TG_OP = 'DELETE' THEN
        IF NOT EXISTS (SELECT FROM old_rows) THEN RETURN NULL; END IF;
    ELSIF TG_OP <> 'TRUNCATE' THEN
        IF NOT EXISTS (SELECT FROM new_rows) THEN RETURN NULL; END IF;
    END IF;
    INSERT INTO pagecache_generation (backend_pid, value) VALUES (pg_backend_pid(), 1)
    ON CONFLICT (backend_pid) DO UPDATE SET value = pagecache_generation.value + 1;
    RETURN NULL;
END $$;
"""
DROP_FUNCTION = "DROP FUNCTION pagecache_raise_generation();"
# What each statement leaves behind for the function to look at.
_EVENTS = {
    "INSERT": "REFERENCING NEW TABLE AS new_rows",
    "UPDATE": "REFERENCING NEW TABLE AS new_rows",
    "DELETE": "REFERENCING OLD TABLE AS old_rows",
    "TRUNCATE": "",
}


def watch(table: str) -> migrations.RunSQL:
    """Return the operation that lets every write to `table` that touches a row raise the generation."""
    return migrations.RunSQL(
        "\n".join(
            f"CREATE TRIGGER pagecache_{event.lower()} AFTER {event} ON {table} {rows} "
            "FOR EACH STATEMENT EXECUTE FUNCTION pagecache_raise_generation();"
            for event, rows in _EVENTS.items()
        ),
        "\n".join(f"DROP TRIGGER pagecache_{event.lower()} ON {table};" for event in _EVENTS),
    )
