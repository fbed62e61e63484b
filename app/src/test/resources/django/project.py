"""A Django project of the test's own with the tables of django-eventstream, filled as that does.

    project.py fill DATABASE    makes the tables, sends events, and prints each as its clients got it
    project.py send URL KEY     runs the page's Python, on standard input, and sends values with it
DATABASE: a file of SQLite, or postgres://USER:PASSWORD@HOST:PORT/NAME
"""
import datetime
import decimal
import json
import sys
import urllib.parse
import uuid

import django
from django.conf import settings


def database(address):
    if not address.startswith("postgres:"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": address}
    url = urllib.parse.urlsplit(address)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path[1:],
        "USER": url.username,
        "PASSWORD": url.password,
        "HOST": url.hostname,
        "PORT": url.port,
    }


def fill(address):
    settings.configure(DATABASES={"default": database(address)}, USE_TZ=True, INSTALLED_APPS=[])
    django.setup()
    from django.core.serializers.json import DjangoJSONEncoder
    from django.db import connection, models

    class EventCounter(models.Model):
        name = models.CharField(max_length=255, unique=True)
        value = models.BigIntegerField(default=0)
        updated = models.DateTimeField(db_index=True, auto_now=True)

        class Meta:
            app_label = "django_eventstream"

    class Event(models.Model):
        channel = models.CharField(max_length=255, db_index=True)
        type = models.CharField(max_length=255, db_index=True)
        data = models.TextField()
        eid = models.BigIntegerField(default=0, db_index=True)
        created = models.DateTimeField(db_index=True, auto_now_add=True)

        class Meta:
            app_label = "django_eventstream"
            unique_together = ("channel", "eid")

    with connection.schema_editor() as editor:
        editor.create_model(EventCounter)
        editor.create_model(Event)

    def send(channel, kind, data, json_encode=True):
        text = json.dumps(data, cls=DjangoJSONEncoder) if json_encode else data
        counter, _ = EventCounter.objects.get_or_create(name=channel)
        if counter.value == 0:
            Event(channel=channel, data='""').save()
        counter.value += 1
        Event(channel=channel, type=kind, data=json.dumps(text), eid=counter.value).save()
        counter.save()
        sent = {"channel": channel, "type": kind or "message", "id": counter.value, "data": text}
        print(json.dumps(sent))

    send("news", "message", {"text": "hello"})
    send("news", "message", "just text")
    send("room", "note", "a\nb", json_encode=False)
    send("room", "note", {"ü": "Grüße 😀", "n": [1, 2.5, None], "html": "<a href='x'>\"</a>"})
    send("room", "", "no type")
    send("raum ü/1", "message", "it's 100%\\n", json_encode=False)
    # What is older than a day is gone: of one channel the first events, of another one all.
    for number in range(5):
        send("trimmed", "message", number)
    Event.objects.filter(channel="trimmed", eid__lt=4).delete()
    # Somebody has removed one in the middle.
    for number in range(4):
        send("holed", "message", number)
    Event.objects.filter(channel="holed", eid=2).delete()
    Event.objects.filter(channel="news").update(
        created=datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=5))
    send("silent", "message", "long ago")
    Event.objects.filter(channel="silent").delete()


def send(url, key):
    settings.configure(GRIPSTREAM_URL=url, GRIPSTREAM_API_KEY=key)
    from django.core.serializers.json import DjangoJSONEncoder

    page = {}
    exec(sys.stdin.read(), page)
    for value in [
        datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.timezone.utc),
        datetime.date(2026, 1, 2),
        datetime.timedelta(minutes=1),
        decimal.Decimal("1.10"),
        uuid.UUID("12345678-1234-5678-1234-567812345678"),
        {"at": datetime.time(1, 2), "sum": decimal.Decimal("0.1"), "name": "Zoë"},
        "hello",
        1.0,
        None,
    ]:
        page["send_event"]("values", "message", value, skip_user_ids=[7])
        print(json.dumps(json.dumps(value, cls=DjangoJSONEncoder)))


{"fill": fill, "send": send}[sys.argv[1]](*sys.argv[2:])
