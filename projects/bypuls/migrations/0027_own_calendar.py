import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('bypuls', '0026_own_reminders')]

    operations = [
        migrations.CreateModel(
            name='OwnCalendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-post')),
                ('created_at', models.DateTimeField(verbose_name='laget')),
            ],
            options={
                'verbose_name': 'egen kalender',
                'verbose_name_plural': 'egne kalendere',
            },
        ),
        migrations.AddConstraint(
            model_name='owncalendar',
            constraint=models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower(models.F('email'))), models.Q(('email', ''), _negated=True)), name='bypuls_owncalendar_email_lower_case'),
        ),
    ]
