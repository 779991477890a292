"""Count the events of each company in sums as well. See `counts.py`; the tally of all is that of 0012."""

import django.db.models.deletion
from django.db import migrations, models

FACETS = ("topic", "audience", "language", "is_free", "has_room", "venue_id", "main_project")
NAMES = ("topic", "audience", "language", "free", "room", "venue", "main_project")
CELL = ", ".join(f"coalesce({name}, '')" for name in NAMES)


def row(alias: str) -> str:
    columns = ("publication", "is_unlisted", "is_date_set", "starts_at", "company_id", *FACETS)
    return ", ".join(f"{alias}.{column}" for column in columns)


def rows(table: str, sign: int) -> str:
    return (
        f"SELECT {sign} AS sign, company_id, topic, audience, language, "
        "CASE WHEN is_free THEN 'ja' ELSE '-' END AS free, "
        "CASE WHEN has_room THEN 'ja' ELSE '-' END AS room, "
        "coalesce(venue_id::text, '-') AS venue, "
        "coalesce(nullif(main_project, ''), '-') AS main_project "
        f"FROM {table} WHERE publication = 'published' AND NOT is_unlisted AND is_date_set "
        "AND starts_at >= horizon"
    )


def insert(*sources: str) -> str:
    changed = " UNION ALL ".join(sources)
    asked_for = (
        "HAVING sum(sign) <> 0 AND free IS DISTINCT FROM '-' AND room IS DISTINCT FROM '-' "
        "AND venue IS DISTINCT FROM '-' AND main_project IS DISTINCT FROM '-'"
    )
    cube = f"CUBE ({', '.join(NAMES)})"
    return f"""
        INSERT INTO bypuls_eventtally (cell, number)
        SELECT concat_ws('/', {CELL}), sum(sign) FROM ({changed}) AS changed
        GROUP BY {cube} {asked_for};
        INSERT INTO bypuls_companytally (company_id, cell, number)
        SELECT company_id, concat_ws('/', {CELL}), sum(sign) FROM ({changed}) AS changed
        WHERE company_id IS NOT NULL GROUP BY company_id, {cube} {asked_for};
    """


TALLY = f"""
CREATE OR REPLACE FUNCTION bypuls_tally_events() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    horizon timestamptz;
BEGIN
    -- A sign-up that leaves the event open changes nothing that is counted, and takes no lock.
    -- The inner question is read only for updates: other statements have no table of both kinds.
    IF TG_OP = 'UPDATE' THEN
        IF NOT EXISTS (
            SELECT 1 FROM old_rows o JOIN new_rows n USING (id)
            WHERE ({row("o")}) IS DISTINCT FROM ({row("n")})
        ) THEN
            RETURN NULL;
        END IF;
    END IF;
    -- The share lock makes whoever moves the horizon wait for us, and us for them.
    SELECT starts_at INTO horizon FROM bypuls_eventtallyhorizon WHERE id = 1 FOR SHARE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN {insert(rows("new_rows", 1))}
    ELSIF TG_OP = 'DELETE' THEN {insert(rows("old_rows", -1))}
    ELSE {insert(rows("old_rows", -1), rows("new_rows", 1))}
    END IF;
    RETURN NULL;
END $$;
"""


def put_back(apps, schema_editor):
    """Let the trigger be that of 0012 again, which knows no companies."""
    body = TALLY
    for part in insert(rows("new_rows", 1)), insert(rows("old_rows", -1)), insert(
        rows("old_rows", -1), rows("new_rows", 1)
    ):
        body = body.replace(part, part.partition(";")[0] + ";")
    schema_editor.execute(body)


def count_companies(apps, schema_editor):
    schema_editor.execute(TALLY)


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0001_initial"),
        ("bypuls", "0027_own_calendar"),
    ]

    operations = [
        migrations.CreateModel(
            name="CompanyTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cell", models.CharField(max_length=120)),
                ("number", models.IntegerField()),
                (
                    "company",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
            ],
            options={
                "verbose_name": "telling av en bedrifts arrangementer",
                "verbose_name_plural": "tellinger av bedrifters arrangementer",
                "indexes": [
                    models.Index(
                        fields=["cell", "company"], include=("number",), name="bypuls_companytally_cell"
                    )
                ],
            },
        ),
        migrations.RunPython(count_companies, put_back),
    ]
