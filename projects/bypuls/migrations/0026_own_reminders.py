from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('bypuls', '0025_index_companies')]

    operations = [
        migrations.RemoveConstraint(
            model_name='reminderrule',
            name='bypuls_reminderrule_once',
        ),
        migrations.AddField(
            model_name='reminderrule',
            name='for_choice',
            field=models.CharField(blank=True, choices=[('', 'Når arrangøren minner om det'), ('day-before', 'Dagen før'), ('two-hours', 'To timer før')], db_default='', default='', editable=False, max_length=12, verbose_name='for dem som har valgt'),
        ),
        migrations.AddField(
            model_name='signup',
            name='own_reminder',
            field=models.CharField(blank=True, choices=[('', 'Når arrangøren minner om det'), ('day-before', 'Dagen før'), ('two-hours', 'To timer før')], db_default='', default='', max_length=12, verbose_name='egen tid for påminnelse'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.CheckConstraint(condition=models.Q(('for_choice__in', ['', 'day-before', 'two-hours'])), name='bypuls_reminderrule_for_choice_valid', violation_error_message='Velg en av verdiene i listen.'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.CheckConstraint(condition=models.Q(('for_choice', ''), models.Q(('audience', 'attending'), ('purpose', 'remind')), _connector='OR'), name='bypuls_reminderrule_choice_is_of_people'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.UniqueConstraint(fields=('event', 'purpose', 'audience', 'anchor', 'offset_minutes', 'local_time', 'for_choice'), name='bypuls_reminderrule_once', nulls_distinct=False, violation_error_message='Denne påminnelsen står der alt.'),
        ),
        migrations.AddConstraint(
            model_name='signup',
            constraint=models.CheckConstraint(condition=models.Q(('own_reminder__in', ['', 'day-before', 'two-hours'])), name='bypuls_signup_own_reminder_valid', violation_error_message='Velg en av verdiene i listen.'),
        ),
    ]
