from django.db import migrations

FREEZE = """
CREATE FUNCTION mailings_newsletter_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('sending', 'sent') AND (
        NEW.title, NEW.intro, NEW.topic, NEW.blocks, NEW.body_id, NEW.started_at
    ) IS DISTINCT FROM (
        OLD.title, OLD.intro, OLD.topic, OLD.blocks, OLD.body_id, OLD.started_at
    ) THEN
        RAISE EXCEPTION 'newsletter % has been sent and cannot be changed', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mailings_newsletter_frozen BEFORE UPDATE ON mailings_newsletter
    FOR EACH ROW EXECUTE FUNCTION mailings_newsletter_frozen();
"""

THAW = """
DROP TRIGGER mailings_newsletter_frozen ON mailings_newsletter;
DROP FUNCTION mailings_newsletter_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("mailings", "0001_initial")]

    operations = [migrations.RunSQL(FREEZE, THAW)]
