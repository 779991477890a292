from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bypuls", "0022_index_pictures")]

    operations = [
        migrations.AddField(
            model_name="eventseries",
            name="title_nb",
            field=models.CharField(max_length=140, null=True, verbose_name="navn på serien"),
        ),
        migrations.AddField(
            model_name="eventseries",
            name="title_en",
            field=models.CharField(max_length=140, null=True, verbose_name="navn på serien"),
        ),
    ]
