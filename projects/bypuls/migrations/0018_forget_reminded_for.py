"""
Let the code forget `reminded_for`, which the rules have taken the place of.

The columns stay, empty and unread, so that a worker of the version before goes on working meanwhile; the
next version drops them.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("bypuls", "0017_rules_of_events_ahead")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name="event", name="reminded_for"),
                migrations.RemoveField(model_name="historicalevent", name="reminded_for"),
            ]
        )
    ]
