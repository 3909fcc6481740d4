"""Many rows at once, for the price of the columns in which they differ.

bulk_create makes an object of each row and prepares each of its columns by itself; of a mail that
has just come, six columns in seven are as empty as the next mail's.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connections, models, router

Values = Mapping[str, Any]


def insert(model: type[models.Model], rows: Sequence[Values]) -> None:
    """Insert a row for each of `rows`, which name their values by column attribute (`email_id`);
    the other columns have what a new object of the model has, times the same in all rows.

    As with bulk_create, save() is not called and the key comes from the database, which is also the
    one to check the values.
    """
    if not rows:
        return
    connection = connections[router.db_for_write(model)]
    fields = {
        field.attname: field
        for field in model._meta.concrete_fields
        if not (field.primary_key or field.generated)
    }
    new = model()
    blank = {
        name: field.get_db_prep_save(field.pre_save(new, add=True), connection)
        for name, field in fields.items()
    }
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column or "") for field in fields.values())
    places = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"
    with connection.cursor() as cursor:
        cursor.executemany(sql, [_prepared(blank, fields, row, connection) for row in rows])


def _prepared(
    blank: Values, fields: Mapping[str, models.Field], row: Values, connection: Any
) -> list[Any]:
    """The row's values as the database driver takes them, in the order of the columns."""
    own = {name: fields[name].get_db_prep_save(value, connection) for name, value in row.items()}
    return list({**blank, **own}.values())
