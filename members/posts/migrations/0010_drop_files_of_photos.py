"""
No photo is without a picture, and the columns that pictures took the place of go.

Safe beside code of 0006 and later, which neither reads nor writes them and always names a picture. Who comes
from before 0006 stops the web processes too; see "Upgrade" in docs/operations.md.
"""

from django.db import migrations

DROP = """
    ALTER TABLE posts_photo
        ALTER COLUMN picture_id SET NOT NULL,
        DROP COLUMN image,
        DROP COLUMN width,
        DROP COLUMN height,
        DROP COLUMN shows_people,
        DROP COLUMN consent_confirmed_at,
        DROP COLUMN consent_confirmed_by_id
"""
# The way back fills them from the pictures, so that nothing is lost on it.
BRING_BACK = """
    ALTER TABLE posts_photo
        ALTER COLUMN picture_id DROP NOT NULL,
        ADD COLUMN image varchar(100) NOT NULL DEFAULT '',
        ADD COLUMN width integer NOT NULL DEFAULT 0 CHECK (width >= 0),
        ADD COLUMN height integer NOT NULL DEFAULT 0 CHECK (height >= 0),
        ADD COLUMN shows_people boolean NOT NULL DEFAULT true,
        ADD COLUMN consent_confirmed_at timestamp with time zone,
        ADD COLUMN consent_confirmed_by_id bigint
"""
FILL = """
    UPDATE posts_photo photo
    SET image = picture.file, width = picture.width, height = picture.height,
        shows_people = picture.shows_people, consent_confirmed_at = picture.consent_at,
        consent_confirmed_by_id = picture.consent_by_id
    FROM posts_picture picture
    WHERE picture.id = photo.picture_id
"""
INDEX = "CREATE INDEX posts_photo_consent_confirmed_by_id ON posts_photo (consent_confirmed_by_id)"


class Migration(migrations.Migration):

    dependencies = [("posts", "0009_pictures_of_late_photos")]

    operations = [migrations.RunSQL(DROP, [BRING_BACK, FILL, INDEX])]
