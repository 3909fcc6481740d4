"""English mails: what each states, and nothing else."""

# ruff: noqa: E501 - a case is a line

import pytest

from freight.tests.reading import line, read

CASES = [
    ("Please quote 1x40'HC from Busan to Hamburg, gross weight 18,500 kg, ETD 5 Dec 2026, ETA 20 Jan 2027.", "18500 40ftHC 2026-12-05 2027-01-20 KRPUS DEHAM"),
    ("POL: Busan\nPOD: Los Angeles\nContainer: 2 x 20GP\nGross weight: 36.4 MT\nETD: 2026-12-05\nETA: 2026-12-20", "36400 20ft 2026-12-05 2026-12-20 KRPUS USLAX"),
    ("Net weight 17,000 kg, tare 2,200 kg, gross weight 19,200 kg", "19200 - - - - -"),
    ("G.W. 18,500.00 KGS / N.W. 17,000.00 KGS", "18500 - - - - -"),
    ("Net weight: 17,000 kg", "- - - - - -"),
    ("8 pallets, 650 kg each", "5200 - - - - -"),
    ("22 pallets x 800 kg in a forty-foot container", "17600 40ft - - - -"),
    ("20 crates of 450 kg each plus 10 pallets at 300 kg each", "12000 - - - - -"),
    ("two 40ft containers, 21 tons per container", "42000 40ft - - - -"),
    ("Total weight is 40,000 lbs", "18144 - - - - -"),
    ("approx. 18-20 tons", "- - - - - -"),
    ("between 18 and 20 tonnes", "- - - - - -"),
    ("eighteen and a half tonnes", "18500 - - - - -"),
    ("Gewicht brutto 16.400 kg", "16400 - - - - -"),
    ("18.250 MT of steel", "18250 - - - - -"),
    ("The weight is not 18 tons but 20 tons", "20000 - - - - -"),
    ("Last time we shipped 15 tons; this one is 18 tons", "18000 - - - - -"),
    ("max payload is 26 tons", "- - - - - -"),
    ("Gross weight (kg): 18500", "18500 - - - - -"),
    ("18,500 kg (40,785 lbs)", "18500 - - - - -"),
    ("We need a 40ft or a 40HC", "- - - - - -"),
    ("not a 20ft but a 40ft", "- 40ft - - - -"),
    ("container size is TBD, maybe 20ft", "- - - - - -"),
    ("40 ft reefer", "- 40ft - - - -"),
    ("one 40-foot high cube container", "- 40ftHC - - - -"),
    ("1 x 45' HC", "- 45ft - - - -"),
    ("type 22G1", "- 20ft - - - -"),
    ("1x20 and 1x40", "- - - - - -"),
    ("sailing on December 5th, must arrive by 20 December", "- - 2026-12-05 2026-12-20 - -"),
    ("ETD/ETA: 5 Dec / 20 Dec", "- - 2026-12-05 2026-12-20 - -"),
    ("Departure next Tuesday, delivery in three weeks", "- - 2026-11-24 2026-12-11 - -"),
    ("cargo ready on the 10th of next month", "- - 2026-12-10 - - -"),
    ("early December departure, arriving before 15 January", "- - - 2027-01-15 - -"),
    ("ready mid-December", "- - - - - -"),
    ("leaving the week of Dec 7", "- - - - - -"),
    ("Cut-off is 3 Dec and the vessel sails 5 Dec", "- - 2026-12-05 - - -"),
    ("Please send your quote by 25 Nov. Cargo ready 1 Dec.", "- - 2026-12-01 - - -"),
    ("Kind regards from the UK: loading 05/12/2026, delivery 08/01/2027", "- - 2026-12-05 2027-01-08 - -"),
    ("Shipping 12/15/2026, arriving 01/10/2027", "- - 2026-12-15 2027-01-10 - -"),
    # the other order lies behind: 12 May 2026
    ("ETD 05/12/2026", "- - 2026-12-05 - - -"),
    ("ETD 02/01/2027", "- - - - - -"),
    ("loading 05-Dec-26", "- - 2026-12-05 - - -"),
    ("departing between 5 and 7 December", "- - - - - -"),
    ("sailing as soon as possible", "- - - - - -"),
    ("from Busan to Los Angeles via Singapore", "- - - - KRPUS USLAX"),
    ("Place of receipt: Suwon\nPOL: Busan\nPOD: Los Angeles\nFinal destination: Chicago", "- - - - KRSUO USCHI"),
    ("from our factory in Suwon to our customer in Hamburg, Germany", "- - - - KRSUO DEHAM"),
    ("We sell CIF Rotterdam and buy FOB Shanghai", "- - - - CNSHA NLRTM"),
    ("from laem chabang to nhava sheva", "- - - - THLCH INNSA"),
    ("Busan (KRPUS) -> Long Beach (USLGB)", "- - - - KRPUS USLGB"),
    ("KRPUS to NLRTM", "- - - - KRPUS NLRTM"),
    ("from Busan to Manzanillo", "- - - - KRPUS -"),
    ("from Busan to Manzanillo, Mexico", "- - - - KRPUS MXZLO"),
    ("to Hamburg or Rotterdam from Busan", "- - - - KRPUS -"),
    ("round trip from Busan to Osaka, returning from Osaka to Busan", "- - - - KRPUS JPOSA"),
    ("pick up in Daejeon, deliver to Dallas", "- - - - KRTJN USDAL"),
    ("Hello from our Seoul office, how are you?", "- - - - - -"),
    ("Can you help with a shipment?", "- - - - - -"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), CASES)
def test_english(body: str, expected: str) -> None:
    assert line(read(body)) == expected


def test_english_whole_letter_ignores_signature_and_quoted_mail() -> None:
    body = (
        "Dear team,\n\nCould you please quote for 2 x 40'HC from Busan to Hamburg? Total gross weight is 36,400 kg.\n"
        "ETD 8 December 2026, and we need it in Hamburg by 20 January.\n\nBest regards,\nJohn Smith\nAcme Ltd, London\n\n"
        "On Mon, 2 Nov 2026 at 10:00, Jane wrote:\n> Please quote 10 tons from Incheon to Tokyo in a 20ft\n"
    )
    got = read(body)
    assert line(got) == "36400 40ftHC 2026-12-08 2027-01-20 KRPUS DEHAM"
    assert got.facts.containers == 2


def test_english_forwarded_request_is_read() -> None:
    body = (
        "FYI, see below.\n\n---------- Forwarded message ---------\nFrom: Kim <kim@shipper.example>\n"
        "Subject: rates\n\n18 tons from Busan to Shanghai in a 20ft please."
    )
    assert line(read(body)) == "18000 20ft - - KRPUS CNSHA"


@pytest.mark.parametrize(
    ("body", "review"),
    [
        ("LCL shipment of 3 cbm", ("lcl",)),
        ("FCL, not LCL", ()),
        ("air freight please", ("air",)),
        ("not by air", ()),
        ("UN1263 paint", ("dangerous",)),
        ("non-hazardous cargo, no dangerous goods", ()),
        ("Dangerous goods: no", ()),
    ],
)
def test_english_review(body: str, review: tuple[str, ...]) -> None:
    assert read(body).review == review


def test_english_lcl_leaves_the_container_open() -> None:
    got = read("LCL from Busan to Osaka, 2 tons, as part of a 20ft")
    assert got.facts.container is None
    assert got.review == ("lcl",)


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("Please proceed with BB-2026-000123", "BB-2026-000123"),
        ("please book as per quotation no. Q2026-881", "Q2026-881"),
        ("Our PO-4500123 covers quotation BB-2026-000777.", "BB-2026-000777"),
        ("P.O. No. 4500012345", "4500012345"),
        ("go ahead: 7d9f1c1e-1111-4222-8333-abcdefabcdef", "7d9f1c1e-1111-4222-8333-abcdefabcdef"),
        ("PO Box 1234, Hamburg", None),
        ("we order 20 pallets", None),
        ("Please go ahead\n\nOn 2 Nov 2026, BusyBee wrote:\n> quotation BB-2026-000123", None),
    ],
)
def test_english_order_number(body: str, number: str | None) -> None:
    assert read(body).order_number == number


def test_english_cities_of_a_signature_are_no_route() -> None:
    body = "We need a 40HC for 18 tons.\n\nBest regards,\nJane Roe\nRoe Trading: Seoul - Shanghai - Hanoi\n"
    assert line(read(body)) == "18000 40ftHC - - - -"


def test_english_facts_below_the_closing_still_count() -> None:
    body = "Please quote, details below.\n\nThanks,\n\nPOL: Busan\nPOD: Osaka\nWeight: 18 tons\n"
    assert line(read(body)) == "18000 - - - KRPUS JPOSA"


def test_english_quoted_lines_without_a_header_are_old() -> None:
    body = "> we ship 10 tons from Incheon to Tokyo\nNow it is 18 tons, from Busan to Osaka\n"
    assert line(read(body)) == "18000 - - - KRPUS JPOSA"
