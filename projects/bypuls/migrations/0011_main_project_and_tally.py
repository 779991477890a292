"""A tally with one row for each question a page asks, and the main project on the event itself."""

import datetime
import django.db.models.expressions
import django.db.models.lookups
from django.db import migrations, models

DROP_OLD_TRIGGERS = """
DROP TRIGGER bypuls_count_insert ON bypuls_event;
DROP TRIGGER bypuls_count_update ON bypuls_event;
DROP TRIGGER bypuls_count_delete ON bypuls_event;
DROP FUNCTION bypuls_count_events();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('bypuls', '0010_count_at_the_door'),
        ('companies', '0001_initial'),
        ('portfolio', '0002_frozen_reports'),
    ]

    operations = [
        migrations.CreateModel(
            name='EventTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cell', models.CharField(max_length=120)),
                ('number', models.IntegerField()),
            ],
            options={
                'verbose_name': 'telling av arrangementer',
                'verbose_name_plural': 'tellinger av arrangementer',
            },
        ),
        migrations.CreateModel(
            name='EventTallyHorizon',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'grense for telling',
                'verbose_name_plural': 'grenser for telling',
            },
        ),
        migrations.RunSQL(DROP_OLD_TRIGGERS, migrations.RunSQL.noop),
        migrations.DeleteModel(
            name='EventCount',
        ),
        migrations.DeleteModel(
            name='EventCountHorizon',
        ),
        migrations.RemoveIndex(
            model_name='event',
            name='bypuls_event_list',
        ),
        migrations.AddField(
            model_name='event',
            name='is_long',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.lookups.GreaterThanOrEqual(django.db.models.expressions.CombinedExpression(models.F('ends_at'), '-', models.F('starts_at')), models.Value(datetime.timedelta(seconds=43200), output_field=models.DurationField())), output_field=models.BooleanField(verbose_name='over flere dager')),
        ),
        migrations.AddField(
            model_name='event',
            name='main_project',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=30, verbose_name='hovedprosjekt'),
        ),
        migrations.AddField(
            model_name='historicalevent',
            name='is_long',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.lookups.GreaterThanOrEqual(django.db.models.expressions.CombinedExpression(models.F('ends_at'), '-', models.F('starts_at')), models.Value(datetime.timedelta(seconds=43200), output_field=models.DurationField())), output_field=models.BooleanField(verbose_name='over flere dager')),
        ),
        migrations.AddField(
            model_name='historicalevent',
            name='main_project',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=30, verbose_name='hovedprosjekt'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(models.F('starts_at'), models.F('id'), models.F('ends_at'), models.F('topic'), models.F('audience'), models.F('language'), models.F('is_free'), models.F('has_room'), models.F('venue'), models.F('main_project'), condition=models.Q(('is_date_set', True), ('is_unlisted', False), ('publication', 'published')), name='bypuls_event_listed'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(models.F('topic'), models.F('starts_at'), models.F('id'), models.F('ends_at'), models.F('audience'), models.F('language'), models.F('is_free'), models.F('has_room'), models.F('venue'), models.F('main_project'), condition=models.Q(('is_date_set', True), ('is_unlisted', False), ('publication', 'published')), name='bypuls_event_by_topic'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(models.F('audience'), models.F('starts_at'), models.F('id'), models.F('ends_at'), models.F('topic'), models.F('language'), models.F('is_free'), models.F('has_room'), models.F('venue'), models.F('main_project'), condition=models.Q(('is_date_set', True), ('is_unlisted', False), ('publication', 'published')), name='bypuls_event_by_audience'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(models.F('main_project'), models.F('starts_at'), models.F('id'), models.F('ends_at'), models.F('topic'), models.F('audience'), models.F('language'), models.F('is_free'), models.F('has_room'), models.F('venue'), condition=models.Q(('is_date_set', True), ('is_unlisted', False), ('publication', 'published')), name='bypuls_event_by_main_project'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(models.F('venue'), models.F('starts_at'), models.F('id'), models.F('ends_at'), models.F('topic'), models.F('audience'), models.F('language'), models.F('is_free'), models.F('has_room'), models.F('main_project'), condition=models.Q(('is_date_set', True), ('is_unlisted', False), ('publication', 'published')), name='bypuls_event_by_venue'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(models.F('starts_at'), models.F('ends_at'), models.F('id'), models.F('topic'), models.F('audience'), models.F('language'), models.F('is_free'), models.F('has_room'), models.F('venue'), models.F('main_project'), condition=models.Q(('is_date_set', True), ('is_unlisted', False), ('publication', 'published'), ('is_long', True)), name='bypuls_event_long'),
        ),
        migrations.AddIndex(
            model_name='eventtally',
            index=models.Index(fields=['cell'], include=('number',), name='bypuls_eventtally_cell'),
        ),
        migrations.AddConstraint(
            model_name='eventtallyhorizon',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='bypuls_tallyhorizon_single'),
        ),
    ]
