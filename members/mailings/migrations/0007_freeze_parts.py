from django.db import migrations

# Also while paused, and also who it is meant for.
_FREEZE = """
CREATE OR REPLACE FUNCTION mailings_newsletter_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ({states}) AND (
        NEW.title, NEW.intro, NEW.topic, NEW.blocks, NEW.body_id, NEW.started_at{more_new}
    ) IS DISTINCT FROM (
        OLD.title, OLD.intro, OLD.topic, OLD.blocks, OLD.body_id, OLD.started_at{more_old}
    ) THEN
        RAISE EXCEPTION 'newsletter % has been sent and cannot be changed', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
FREEZE = _FREEZE.format(
    states="'sending', 'paused', 'sent'",
    more_new=", NEW.language, NEW.audiences",
    more_old=", OLD.language, OLD.audiences",
)
AS_BEFORE = _FREEZE.format(states="'sending', 'sent'", more_new="", more_old="")

FREEZE_PARTS = """
CREATE FUNCTION mailings_newsletterblock_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parent bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN parent := NEW.newsletter_id; ELSE parent := OLD.newsletter_id; END IF;
    IF EXISTS (
        SELECT 1 FROM mailings_newsletter
        WHERE id = parent AND state IN ('sending', 'paused', 'sent')
    ) THEN
        RAISE EXCEPTION 'newsletter % has been sent and its parts cannot be changed', parent
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mailings_newsletterblock_frozen
    BEFORE INSERT OR UPDATE OR DELETE ON mailings_newsletterblock
    FOR EACH ROW EXECUTE FUNCTION mailings_newsletterblock_frozen();
"""
THAW_PARTS = """
DROP TRIGGER mailings_newsletterblock_frozen ON mailings_newsletterblock;
DROP FUNCTION mailings_newsletterblock_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("mailings", "0006_newsletter_block")]

    operations = [
        migrations.RunSQL(FREEZE, AS_BEFORE),
        migrations.RunSQL(FREEZE_PARTS, THAW_PARTS),
    ]
