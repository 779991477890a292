from django.db import migrations

from vekst.search.triggers import note_changes


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0001_initial"),
        ("digital_stemme", "0001_initial"),
        ("innsikt", "0001_initial"),
        ("companies", "0001_initial"),
    ]

    operations = [
        note_changes("digital_stemme_home", "home"),
        note_changes("digital_stemme_vacancy", "vacancy"),
        note_changes("innsikt_indicator", "indicator"),
        note_changes("companies_company", "company"),
        note_changes("companies_membership", "company", "company_id"),
        note_changes("companies_forum", "forum"),
    ]
