from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='failures',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
    ]
