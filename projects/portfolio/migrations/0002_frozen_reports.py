"""Published reports are frozen by the database itself, whoever writes and by whatever way."""

from django.db import migrations

FREEZE = """
CREATE FUNCTION portfolio_refuse_change_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NULL THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    -- An erased account takes its name with it; nothing else of a published report ever changes.
    IF TG_OP = 'UPDATE' AND NEW.published_by_id IS NULL
        AND to_jsonb(NEW) - 'published_by_id' = to_jsonb(OLD) - 'published_by_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'En publisert rapport kan ikke endres eller slettes (% %).', TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER portfolio_statusreport_frozen BEFORE UPDATE OR DELETE ON portfolio_statusreport
    FOR EACH ROW EXECUTE FUNCTION portfolio_refuse_change_of_published();
CREATE TRIGGER portfolio_annualreport_frozen BEFORE UPDATE OR DELETE ON portfolio_annualreport
    FOR EACH ROW EXECUTE FUNCTION portfolio_refuse_change_of_published();
"""

THAW = """
DROP TRIGGER portfolio_annualreport_frozen ON portfolio_annualreport;
DROP TRIGGER portfolio_statusreport_frozen ON portfolio_statusreport;
DROP FUNCTION portfolio_refuse_change_of_published();
"""


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0001_initial")]

    operations = [migrations.RunSQL(FREEZE, THAW)]
