from django.db import migrations

from vekst.search.triggers import note_changes, note_children


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0001_initial"),
        ("digital_stemme", "0001_initial"),
        ("innsikt", "0001_initial"),
        ("companies", "0001_initial"),
        ("posts", "0001_initial"),
        ("portfolio", "0001_initial"),
        ("bypuls", "0001_initial"),
        ("kompetanse", "0001_initial"),
        ("ung", "0001_initial"),
    ]

    operations = [
        note_changes("digital_stemme_home", "home"),
        note_changes("digital_stemme_vacancy", "vacancy"),
        note_changes("innsikt_indicator", "indicator"),
        note_changes("companies_company", "company"),
        note_changes("companies_membership", "company", "company_id"),
        note_changes("companies_forum", "forum"),
        note_changes("posts_post", "post"),
        note_changes("posts_postitem", "post", "post_id"),
        note_changes("portfolio_project", "project"),
        note_changes("portfolio_plan", "plan"),
        note_changes("portfolio_measure", "measure"),
        note_children("portfolio_plan", "measure", "portfolio_measure", "plan_id"),
        note_children("bypuls_venue", "event", "bypuls_event", "venue_id"),
        note_children("kompetanse_provider", "programme", "kompetanse_studyprogramme", "provider_id"),
        note_changes("bypuls_event", "event"),
        note_changes("bypuls_venue", "venue"),
        note_changes("bypuls_transportcase", "transport_case"),
        note_changes("kompetanse_studyprogramme", "programme"),
        note_changes("kompetanse_grantround", "grant_round"),
        note_changes("ung_meetingplace", "meeting_place"),
        note_changes("ung_mentorscheme", "mentor_scheme"),
    ]
