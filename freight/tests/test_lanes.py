"""Lane rates: the console's pages, files in and out, and the commands."""

import datetime as dt
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from openpyxl import Workbook

from freight import rates_import
from freight.errors import RatesUnreadable
from freight.fields import Container
from freight.models import LaneRate
from freight.tests.factories import LaneRateFactory, TariffFactory, in_days

pytestmark = pytest.mark.django_db  # own places are looked for in the table
LIST = "/admin/freight/lanerate/"
HEAD = "origin,destination,container,amount,valid_from,valid_to\n"
LINE = "KRPUS,CNSHA,40ft,1500000,2031-01-01,2031-03-31\n"


def page(client: Client, url: str) -> str:
    response = client.get(url, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def form(**changes: Any) -> dict[str, Any]:
    values = {
        "origin": "부산",
        "destination": "上海",
        "container": "40ft",
        "amount": "1500000",
        "valid_from": str(in_days(0)),
        "valid_to": str(in_days(30)),
        "note": "",
    }
    return {**values, **changes}


def read(text: str, name: str = "rates.csv") -> rates_import.Reading:
    with override("en"):
        return rates_import.read(text.encode(), name)


def problems(text: str) -> list[str]:
    with override("en"):
        return [str(problem) for problem in read(text).problems]


class TestConsole:
    def test_rate_is_entered_by_the_names_of_its_places(self, admin_client: Client) -> None:
        assert admin_client.post(f"{LIST}add/", form()).status_code == 302
        row = LaneRate.objects.get()
        assert (row.origin, row.destination, row.currency) == ("KRPUS", "CNSHA", "KRW")
        assert row.amount == 1_500_000

    @pytest.mark.parametrize(
        "wrong",
        [
            {"origin": "Atlantis"},
            {"destination": "부산"},
            {"amount": "0"},
            {"amount": "1500.50"},
            {"amount": "-5"},
            {"amount": "1000000000000"},
            {"container": "53ft"},
            {"valid_to": str(in_days(-1))},
        ],
    )
    def test_rate_that_cannot_be_is_refused(
        self, admin_client: Client, wrong: dict[str, str]
    ) -> None:
        assert admin_client.post(f"{LIST}add/", form(**wrong)).status_code == 200
        assert not LaneRate.objects.exists()

    def test_amount_that_cannot_be_is_refused_in_words(self, admin_client: Client) -> None:
        head = {"accept-language": "en"}
        response = admin_client.post(f"{LIST}add/", form(amount="0"), headers=head)
        assert "An amount is more than nothing" in response.content.decode()
        assert "lanerate_costs_something" not in response.content.decode()

    def test_same_lane_and_days_are_one_rate(self, admin_client: Client) -> None:
        admin_client.post(f"{LIST}add/", form())
        response = admin_client.post(
            f"{LIST}add/", form(amount="9"), headers={"accept-language": "en"}
        )
        assert "has a rate of just these days" in response.content.decode()
        assert LaneRate.objects.get().amount == 1_500_000

    @pytest.mark.parametrize(("first", "warned"), [(30, True), (31, False)])
    def test_overlap_is_told(self, admin_client: Client, first: int, warned: bool) -> None:
        admin_client.post(f"{LIST}add/", form())
        later = form(valid_from=str(in_days(first)), valid_to=str(in_days(60)))
        response = admin_client.post(
            f"{LIST}add/", later, follow=True, headers={"accept-language": "en"}
        )
        assert LaneRate.objects.count() == 2
        assert ("Other rates of this lane" in response.content.decode()) is warned

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("q=부산", True),
            ("q=Los+Angeles", False),
            ("q=Busan+Shanghai", True),
            ("q=KRPUS-CNSHA", True),
            ("q=KRPUS-JPTYO", False),
            ("q=spring", True),
            ("lane=KRPUS-CNSHA", True),
            ("lane=KRPUS-USLAX", False),
            ("validity=valid", True),
            ("validity=expired", False),
            ("validity=coming", False),
            ("container__exact=40ft", True),
            ("container__exact=20ft", False),
        ],
    )
    def test_list_is_searched_and_filtered(
        self, admin_client: Client, query: str, found: bool
    ) -> None:
        LaneRateFactory.create(note="spring special")
        LaneRateFactory.create(
            destination="USLAX", container="45ft", valid_from=in_days(-9), valid_to=in_days(-1)
        )
        assert ("(KRPUS-CNSHA)" in page(admin_client, f"{LIST}?{query}")) is found

    def test_place_of_two_words_is_found(self, admin_client: Client) -> None:
        LaneRateFactory.create(destination="USLAX")
        assert "(KRPUS-USLAX)" in page(admin_client, f"{LIST}?q=Los+Angeles")

    @pytest.mark.parametrize("note", ["=HYPERLINK(1)", "＝1+1", "'=1", "''@x", "'80s"])
    def test_rates_are_exported_and_taken_in_again(self, admin_client: Client, note: str) -> None:
        LaneRateFactory.create(note=note)
        url = reverse("admin:freight_lanerate_export_all")
        data = admin_client.get(url).getvalue()
        told = note if note == "'80s" else f"'{note}"
        assert f",{told}\r\n" in data.decode()
        reading = rates_import.read(data, "lane-rates.csv")
        assert rates_import.take_in(reading.rates) == rates_import.Taken(new=0, changed=0, same=1)

    def test_table_is_pasted(self, admin_client: Client) -> None:
        url = reverse("admin:freight_lanerate_take_table")
        assert "textarea" in page(admin_client, url)
        table = (HEAD + LINE).replace(",", "\t")
        admin_client.post(url, {"_form_submitted": "True", "table": table})
        assert LaneRate.objects.get().valid_to == dt.date(2031, 3, 31)

    def test_pasted_table_with_a_wrong_line_is_refused(self, admin_client: Client) -> None:
        url = reverse("admin:freight_lanerate_take_table")
        table = HEAD + LINE + LINE.replace("CNSHA", "Atlantis")
        response = admin_client.post(
            url, {"_form_submitted": "True", "table": table}, headers={"accept-language": "en"}
        )
        assert "line 3: destination: This place is not known" in response.content.decode()
        assert not LaneRate.objects.exists()

    def test_who_may_only_look_imports_nothing(
        self, client: Client, django_user_model: Any
    ) -> None:
        viewer = django_user_model.objects.create_user("viewer", password="x", is_staff=True)
        viewer.user_permissions.add(*_permissions("view_lanerate"))
        client.force_login(viewer)
        url = reverse("admin:freight_lanerate_take_table")
        answer = client.post(url, {"_form_submitted": "True", "table": HEAD + LINE})
        assert answer.status_code in (302, 403)
        assert not LaneRate.objects.exists()

    def test_tariff_shows_what_it_makes_of_an_example(self, admin_client: Client) -> None:
        row = TariffFactory.create()
        text = page(admin_client, reverse("admin:freight_tariff_change", args=[row.pk]))
        assert "Busan → Shanghai in 5 days: 18,397,843 KRW (832 km)" in text

    def test_tariff_that_pays_the_customer_is_refused(self, admin_client: Client) -> None:
        row = TariffFactory.create()
        names = [field.name for field in row._meta.fields if field.name not in ("id", "created_at")]
        data = {name: getattr(row, name) for name in names} | {"express_factor": "0.5"}
        url = reverse("admin:freight_tariff_change", args=[row.pk])
        response = admin_client.post(url, data, headers={"accept-language": "en"})
        assert "express costs no less" in response.content.decode()


def _permissions(*names: str) -> Any:
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(codename__in=names)


@pytest.mark.parametrize(
    ("container", "size"),
    [("20GP", "20ft"), ("40'", "40ft"), ("40HQ", "40ftHC"), ("40' HC", "40ftHC"), ("45HC", "45ft")],
)
def test_sizes_are_read_as_rate_sheets_write_them(container: str, size: str) -> None:
    assert read(HEAD + LINE.replace("40ft", container)).rates[0].container == size


@pytest.mark.parametrize("amount", ["1500000", '"1,500,000"', "1500000.00", '"₩1,500,000"'])
def test_amounts_are_read_as_rate_sheets_write_them(amount: str) -> None:
    rate = read(HEAD + LINE.replace("1500000", amount)).rates[0]
    assert type(rate.amount) is Decimal
    assert rate.amount == 1_500_000


@pytest.mark.parametrize("day", ["2031-1-1", "2031.01.01", "2031. 1. 1.", "2031/1/1", "20310101"])
def test_days_are_read_year_first(day: str) -> None:
    rate = read(HEAD + LINE.replace("2031-01-01", day)).rates[0]
    assert rate.valid_from == dt.date(2031, 1, 1)


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("KRPUS", "Atlantis", "origin: This place is not known. Use its UN/LOCODE."),
        ("KRPUS", "", "origin: This field is required."),
        ("CNSHA", "부산", "destination: the same as the origin"),
        ("40ft", "53ft", "container: “53ft” is none of 20ft, 40ft, 40ftHC, 45ft"),
        ("1500000", "1500000.50", "amount: “1500000.50” is no amount of whole won"),
        ("1500000", "0", "amount: “0” is no amount of whole won"),
        ("1500000", "-1500000", "amount: “-1500000” is no amount of whole won"),
        ("1500000", "1e6", "amount: “1e6” is no amount of whole won"),
        ("1500000", "", "amount: “” is no amount of whole won"),
        ("2031-01-01", "01/02/2031", "valid_from: “01/02/2031” is no day: write 2031-03-31"),
        ("2031-01-01", "2031-02-30", "valid_from: “2031-02-30” is no day: write 2031-03-31"),
        ("2031-03-31", "2030-12-31", "valid_to: lies before valid_from"),
    ],
)
def test_wrong_line_is_named(right: str, wrong: str, problem: str) -> None:
    assert problems(HEAD + LINE + LINE.replace(right, wrong, 1)) == [f"line 3: {problem}"]


def test_every_wrong_line_is_named_with_all_that_is_wrong() -> None:
    text = HEAD + "X,CNSHA,1ft,1,2031-01-01,2031-03-31\n\n" + LINE + "KRPUS\n"
    assert [line.partition(":")[0] for line in problems(text)] == ["line 2"] * 2 + ["line 5"] * 5


def test_line_said_twice_is_asked() -> None:
    assert problems(HEAD + LINE + LINE.replace("1500000", "9")) == [
        "line 3: the same lane, container and days as line 2"
    ]


@pytest.mark.parametrize(
    ("currency", "taken"), [("KRW", True), ("", True), ("krw", True), ("USD", False)]
)
def test_rates_are_in_won(currency: str, taken: bool) -> None:
    text = HEAD.strip() + ",currency\n" + LINE.strip() + f",{currency}\n"
    assert (problems(text) == []) is taken
    if not taken:
        assert "rates are in KRW" in problems(text)[0]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp949"])
def test_korean_sheets_are_read(charset: str) -> None:
    text = "출발지;도착지;컨테이너;운임;유효시작일;유효종료일;비고\n부산;상하이;40ft;1,500,000;"
    text += "2031-01-01;2031-03-31;봄 특가\n"
    rate = rates_import.read(text.encode(charset), "rates.csv").rates[0]
    assert (rate.origin, rate.destination, rate.note) == ("KRPUS", "CNSHA", "봄 특가")


def sheet(*rows: list[Any]) -> bytes:
    book, data = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet
    for row in ([*HEAD.strip().split(",")], *rows):
        sheet.append(row)
    book.save(data)
    return data.getvalue()


def test_spreadsheet_is_read() -> None:
    days = [dt.date(2031, 1, 1), dt.datetime(2031, 3, 31)]
    data = sheet(
        ["부산", "CNSHA", 20, 1_500_000.0, *days], [], ["KRPUS", "CNSHA", "40HC", 2, *days]
    )
    rates = rates_import.read(data, "Rates.XLSX").rates
    assert [(rate.container, rate.amount, rate.line) for rate in rates] == [
        (Container.FT20, Decimal(1_500_000), 2),
        (Container.FT40HC, Decimal(2), 4),
    ]
    assert all(type(rate.amount) is Decimal for rate in rates)


def test_part_of_a_won_in_a_spreadsheet_is_refused() -> None:
    data = sheet(["KRPUS", "CNSHA", "40ft", 1_500_000.4, "2031-01-01", "2031-03-31"])
    assert len(rates_import.read(data, "rates.xlsx").problems) == 1


def zipped(name: str, data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.csv"),
        (HEAD.encode(), "a.csv"),
        (b"a,b\n1,2\n", "a.csv"),
        (b"origin," + HEAD.encode() + LINE.encode(), "a.csv"),
        (b"\xff\xfe\x00\x01", "a.csv"),
        (b"origin\x00", "a.csv"),
        (sheet(), "a.csv"),
        (b"PK\x03\x04 no zip", "a.xlsx"),
        ((HEAD + LINE).encode(), "a.xlsx"),
        (zipped("xl/workbook.xml", b"<no"), "a.xlsx"),
        (zipped("a", bytes(100_000_001)), "a.xlsx"),
        (sheet()[:-200], "a.xlsx"),
        (b"x" * 5_000_001, "a.csv"),
        ((HEAD + LINE * 20_001).encode(), "a.csv"),
        (b'origin,"destination\n', "a.csv"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, name: str) -> None:
    with pytest.raises(RatesUnreadable):
        rates_import.read(data, name)


class TestCommands:
    def run(self, path: Path, *options: str) -> str:
        out = io.StringIO()
        call_command("import_rates", str(path), *options, stdout=out, stderr=io.StringIO())
        return out.getvalue()

    def file(self, tmp_path: Path, text: str) -> Path:
        path = tmp_path / "rates.csv"
        path.write_text(text, encoding="utf-8")
        return path

    def test_file_is_taken_in_once(self, tmp_path: Path) -> None:
        path = self.file(tmp_path, HEAD + LINE)
        assert "1 new" in self.run(path)
        assert "1 as they were" in self.run(path)
        self.file(tmp_path, HEAD + LINE.replace("1500000", "1600000"))
        assert json.loads(self.run(path, "--json")) == {
            "new": 0,
            "changed": 1,
            "same": 0,
            "dry_run": False,
        }
        assert LaneRate.objects.get().amount == 1_600_000

    def test_dry_run_writes_nothing(self, tmp_path: Path) -> None:
        assert "1 new" in self.run(self.file(tmp_path, HEAD + LINE), "--dry-run")
        assert not LaneRate.objects.exists()

    def test_one_wrong_line_takes_in_none(self, tmp_path: Path) -> None:
        path = self.file(tmp_path, HEAD + LINE + LINE.replace("KRPUS", "Atlantis"))
        with pytest.raises(CommandError, match="1 problems: nothing was taken in"):
            self.run(path)
        assert not LaneRate.objects.exists()

    @pytest.mark.parametrize("text", ["", "a,b\n"])
    def test_no_table_is_said_so(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(CommandError, match=r"rates\.csv: "):
            self.run(self.file(tmp_path, text))

    def test_file_that_is_not_there_is_said_so(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="No such file"):
            self.run(tmp_path / "rates.csv")

    def test_export_is_an_import(self, tmp_path: Path) -> None:
        LaneRateFactory.create(note="봄, “특가”")
        LaneRateFactory.create(valid_to=in_days(-1))
        path = tmp_path / "rates.csv"
        call_command("export_rates", str(path))
        assert "2 as they were" in self.run(path)
        call_command("export_rates", str(path), "--valid")
        assert "1 as they were" in self.run(path)
