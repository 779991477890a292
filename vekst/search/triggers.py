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
CREATE FUNCTION search_note_children() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- TG_ARGV: the children's kind, their table, and its column that points here.
    EXECUTE format('INSERT INTO search_change (kind, object_id) '
        'SELECT DISTINCT %L, child.id FROM %I AS child JOIN new_rows ON child.%I = new_rows.id',
        TG_ARGV[0], TG_ARGV[1], TG_ARGV[2]);
    RETURN NULL;
END $$;
"""
DROP_FUNCTIONS = """
DROP FUNCTION search_note_children();
DROP FUNCTION search_note_change();
DROP TEXT SEARCH CONFIGURATION search_en;
DROP TEXT SEARCH CONFIGURATION search_nb;
DROP FUNCTION search_fold(text);
"""


def note_changes(table: str, kind: str, column: str = "id") -> migrations.RunSQL:
    """Return the operation that puts things of `kind` in the queue at every write to `table`."""
    call = f"FOR EACH STATEMENT EXECUTE FUNCTION search_note_change('{kind}', '{column}');"
    return migrations.RunSQL(
        f"CREATE TRIGGER search_inserted_{kind} AFTER INSERT ON {table} "
        f"REFERENCING NEW TABLE AS new_rows {call}\n"
        f"CREATE TRIGGER search_updated_{kind} AFTER UPDATE ON {table} "
        f"REFERENCING NEW TABLE AS new_rows {call}\n"
        f"CREATE TRIGGER search_deleted_{kind} AFTER DELETE ON {table} "
        f"REFERENCING OLD TABLE AS old_rows {call}\n"
        f"CREATE TRIGGER search_truncated_{kind} AFTER TRUNCATE ON {table} {call}",
        "\n".join(
            f"DROP TRIGGER search_{event}_{kind} ON {table};"
            for event in ("inserted", "updated", "deleted", "truncated")
        ),
    )


def note_children(table: str, kind: str, child_table: str, column: str) -> migrations.RunSQL:
    """
    Return the operation that puts things of `kind` in the queue when what they belong to changes.

    `child_table.column` points to `table`: whether a measure is public hangs on its plan.
    """
    return migrations.RunSQL(
        f"CREATE TRIGGER search_children_{kind} AFTER UPDATE ON {table} "
        "REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT "
        f"EXECUTE FUNCTION search_note_children('{kind}', '{child_table}', '{column}');",
        f"DROP TRIGGER search_children_{kind} ON {table};",
    )
