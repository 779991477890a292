"""The database side of the search: folding of letters, word stems, and triggers that note changes."""

from django.db import migrations

# People write å as "aa", ø as "oe" and æ as "ae", or leave the rings off. Both sides are folded alike.
CREATE_FUNCTIONS = """
CREATE FUNCTION search_fold(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT replace(replace(replace(
        translate(lower($1), 'åäæøöéèêëáàâíìóòôúùûüñç', 'aaaooeeeeaaaiiooouuuunc'),
        'aa', 'a'), 'oe', 'o'), 'ae', 'a')
$$;
CREATE TEXT SEARCH CONFIGURATION search_nb (COPY = norwegian);
CREATE TEXT SEARCH CONFIGURATION search_en (COPY = english);
CREATE FUNCTION search_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- TG_ARGV: the kind, and the column that holds the thing's key.
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO search_change (kind, object_id)
            SELECT TG_ARGV[0], object_id FROM search_document WHERE kind = TG_ARGV[0];
    ELSIF TG_OP = 'DELETE' THEN
        EXECUTE format('INSERT INTO search_change (kind, object_id) '
            'SELECT DISTINCT %L, %I FROM old_rows WHERE %I IS NOT NULL', TG_ARGV[0], TG_ARGV[1], TG_ARGV[1]);
    ELSE
        EXECUTE format('INSERT INTO search_change (kind, object_id) '
            'SELECT DISTINCT %L, %I FROM new_rows WHERE %I IS NOT NULL', TG_ARGV[0], TG_ARGV[1], TG_ARGV[1]);
    END IF;
    RETURN NULL;
END $$;
"""
DROP_FUNCTIONS = """
DROP FUNCTION search_note_change();
DROP TEXT SEARCH CONFIGURATION search_en;
DROP TEXT SEARCH CONFIGURATION search_nb;
DROP FUNCTION search_fold(text);
"""


def note_changes(table: str, kind: str, column: str = "id") -> migrations.RunSQL:
    """Return the operation that puts things of `kind` in the queue at every write to `table`."""
    call = f"FOR EACH STATEMENT EXECUTE FUNCTION search_note_change('{kind}', '{column}');"
    names = ("inserted", "updated", "deleted", "truncated")
    return migrations.RunSQL(
        f"CREATE TRIGGER search_inserted AFTER INSERT ON {table} "
        f"REFERENCING NEW TABLE AS new_rows {call}\n"
        f"CREATE TRIGGER search_updated AFTER UPDATE ON {table} "
        f"REFERENCING NEW TABLE AS new_rows {call}\n"
        f"CREATE TRIGGER search_deleted AFTER DELETE ON {table} "
        f"REFERENCING OLD TABLE AS old_rows {call}\n"
        f"CREATE TRIGGER search_truncated AFTER TRUNCATE ON {table} {call}",
        "\n".join(f"DROP TRIGGER search_{name} ON {table};" for name in names),
    )
