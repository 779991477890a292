"""The database triggers that raise the content generation; used by migrations."""

from django.db import migrations

CREATE_FUNCTION = """
CREATE FUNCTION pagecache_raise_generation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pagecache_generation (backend_pid, value) VALUES (pg_backend_pid(), 1)
    ON CONFLICT (backend_pid) DO UPDATE SET value = pagecache_generation.value + 1;
    RETURN NULL;
END $$;
"""
DROP_FUNCTION = "DROP FUNCTION pagecache_raise_generation();"


def watch(table: str) -> migrations.RunSQL:
    """Return the operation that lets every write to `table` raise the generation."""
    return migrations.RunSQL(
        f"CREATE TRIGGER pagecache_generation AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION pagecache_raise_generation();",
        f"DROP TRIGGER pagecache_generation ON {table};",
    )
