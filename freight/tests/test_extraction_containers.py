"""Containers as people of four languages write them, their number, and what leaves the size open."""

# ruff: noqa: E501 - a case is a line

import pytest

from freight.extraction.containers import read_container
from freight.extraction.text import prepare, without_codes


def container(text: str) -> str:
    """`40ftHC x2`: size and number read; `-` where no size was read, `?` where it was left open."""
    reading, count = read_container(without_codes(prepare(text).text))
    size = reading.found.value if reading.found else "?" if reading.warning else "-"
    return f"{size} x{count.value}" if count else str(size)


SIZES = [
    ("20'", "20ft"), ("20’ GP", "20ft"), ("20F", "20ft"), ("20FT", "20ft"), ("20 feet container", "20ft"), ("a 20-footer", "20ft"), ("twenty foot", "20ft"), ("20DV", "20ft"), ("20 Dry", "20ft"), ("22G1", "20ft"), ("20 std", "20ft"),
    ("40'", "40ft"), ("40 GP", "40ft"), ("forty-foot container", "40ft"), ("40ft DC", "40ft"), ("42G1", "40ft"), ("40OT", "40ft"), ("40' open top", "40ft"), ("40FR", "40ft"),
    ("40HC", "40ftHC"), ("40'HQ", "40ftHC"), ("40 h/c", "40ftHC"), ("40 high cube", "40ftHC"), ("40-foot high-cube", "40ftHC"), ("HC40", "40ftHC"), ("40' dry HC", "40ftHC"), ("45G1", "40ftHC"), ("40ft hi-cube", "40ftHC"), ("high cube x 2", "40ftHC x2"),
    ("45HC", "45ft"), ("45' high cube", "45ft"), ("45피트 HC 한대", "45ft x1"), ("45フィート", "45ft"), ("45 ฟุต", "45ft"),
    ("이십피트", "20ft"), ("20피트 드라이", "20ft"), ("40피트 하이큐브", "40ftHC"), ("40하이큐브 하나", "40ftHC x1"), ("사십피트", "40ft"), ("40핏트", "40ft"), ("컨테이너는 40으로", "40ft"), ("컨테이너 20 하나", "20ft"), ("컨테이너: 20", "20ft"),
    ("20フィート", "20ft"), ("40フィートハイキューブ", "40ftHC"), ("40ft背高", "40ftHC"), ("四十フィート", "40ft"), ("コンテナは20で", "20ft"), ("20フィートドライ", "20ft"),
    ("ตู้ 40 ฟุต", "40ft"), ("ตู้ 20 คิดเท่าไรคะ", "20ft"), ("ใส่ตู้ 20 ได้ 1 ตู้", "20ft"), ("ตู้ 40 ไฮคิวบ์", "40ftHC"), ("ตู้ 40 ไฮ", "40ftHC"), ("ตู้สั้น 1 ตู้", "20ft"), ("ตู้ยาว", "40ft"), ("ตู้ยี่สิบฟุต", "20ft"), ("ตู้ 20 ธรรมดา", "20ft"),
    # reefers go by their length
    ("1x40RF", "40ft x1"), ("40RH", "40ft"), ("1 x 40' reefer HC", "40ft x1"), ("40HC reefer", "40ft"), ("40HQ 냉동", "40ft"), ("냉동 40HC", "40ft"), ("20' RF", "20ft"), ("40フィートリーファー", "40ft"), ("ตู้เย็น 20 ฟุต", "20ft"), ("리퍼 40피트 2대", "40ft x2"), ("40 NOR", "40ft"), ("40피트 하이큐브 리퍼", "40ftHC"), ("40フィートハイキューブ冷凍1本", "40ftHC x1"),
    ("Container: 40", "40ft"), ("CNTR: 20", "20ft"), ("1 x 20 from Houston", "20ft x1"), ("two 40s to Auckland", "40ft x2"), ("fifteen 20's", "20ft x15"),
]  # fmt: skip

NUMBERS = [
    ("40'HQ x 2", "40ftHC x2"), ("2x40HC", "40ftHC x2"), ("2 x 40' HC", "40ftHC x2"), ("40HC×2", "40ftHC x2"), ("40HQ*3", "40ftHC x3"), ("20' x 4, G.W. 24.5 MT", "20ft x4"), ("3*20GP", "20ft x3"), ("40HC (2대)", "40ftHC x2"), ("40HC(x2)", "40ftHC x2"),
    ("two 40ft containers", "40ft x2"), ("2 containers of 40ft", "40ft x2"), ("3 units 20ft", "20ft x3"), ("40ft 2 containers", "40ft x2"), ("45G1 x 2", "40ftHC x2"), ("3 x 20GP", "20ft x3"), ("40HC two units", "40ftHC x2"), ("40HC 2EA", "40ftHC x2"),
    ("40HC 두 대", "40ftHC x2"), ("20피트 3대", "20ft x3"), ("20피트 컨테이너 열두 대", "20ft x12"), ("20피트로 2대", "20ft x2"), ("컨테이너: 40HC\n수량: 3대", "40ftHC x3"), ("40HC\n컨테이너 수량: 2", "40ftHC x2"), ("40피트 둘", "40ft x2"),
    ("40フィート2本", "40ft x2"), ("20フィートコンテナ 3本", "20ft x3"), ("40HCを2本", "40ftHC x2"), ("コンテナ: 40HC\n本数: 2本", "40ftHC x2"), ("40フィート 二本", "40ft x2"),
    ("ตู้ 40 ฟุต 3 ตู้", "40ft x3"), ("2 ตู้ 40HC", "40ftHC x2"), ("40HC จำนวน 2 ตู้", "40ftHC x2"), ("ขนาดตู้: 40HC\nจำนวน: 2 ตู้", "40ftHC x2"),
    ("20GP (수량 3)", "20ft x3"), ("container qty 2, 40HC", "40ftHC x2"), ("20FT 3VAN", "20ft x3"), ("40フィートコンテナ×3", "40ft x3"), ("ตู้ 20 จำนวน 3 ตู้", "20ft x3"),
    ("Container: 40HC, number of containers: 4", "40ftHC x4"), ("three containers, all 20' GP", "20ft x3"),
    ("18 pallets in 40HC", "40ftHC"), ("40HC 18 tons", "40ftHC"), ("20ft 10 pallets", "20ft"),
]  # fmt: skip

OPEN = [
    ("40ft or 40HC", "?"), ("20ft or 40ft", "?"), ("20'/40'", "?"), ("20피트 또는 40피트", "?"), ("20 GP or 40 GP whichever cheaper", "?"), ("It'll be a 40 foot or maybe two 20s", "?"), ("20フィートか40フィート", "?"), ("20 ฟุตหรือ 40 ฟุต", "?"),
    ("20' 2대, 40HC 1대", "?"), ("2 x 20GP + 1 x 40HC", "?"), ("2x20' & 1x40'", "?"), ("40HC 없으면 40GP도 가능", "?"), ("40ft 안되면 20ft 2대", "?"), ("40ft (TBC)", "?"), ("40피트 (미정)", "?"), ("40HC이지만 아직 확정이 안 됐어요", "?"),
    ("ตู้ 40 ฟุต ยังไม่แน่ใจ", "?"), ("40ftか未定", "?"), ("ตู้สั้นน่าจะพอ แต่ยังไม่แน่ใจ", "?"), ("Container: 40HC / 20GP", "?"),
    ("컨테이너 미정", "-"), ("container TBA", "-"), ("53' trailer", "-"), ("10ft container", "-"), ("20 pallets", "-"), ("20ft pallet rack", "-"), ("2 x 40 x 30 cm", "-"), ("ตู้ 20 ใบ", "-"), ("40,000 kg", "-"), ("40 days free time", "-"), ("20/40", "-"), ("model 40HC-200", "-"),
    ("40' x 8' x 8'6", "-"), ("40ft high racks", "-"), ("pipes 40ft long", "-"), ("truck 20ft", "-"), ("길이 40피트", "-"),
    ("our HQ in Seoul", "-"), ("20 ตู้", "-"), ("20% discount", "-"), ("KRW 120,400,000", "-"), ("at 1 20, Main Road", "-"), ("1,20.", "-"), ("within 40 days", "-"), ("40 ctns", "-"),
]  # fmt: skip

IN_FORCE = [
    ("20피트로 하려다가 40피트로 변경", "40ft"), ("20' → 40'", "40ft"), ("20ft에서 40ft로 변경", "40ft"), ("not 20ft but 40ft", "40ft"), ("40피트 말고 20피트", "20ft"), ("20ft is too small, so 40ft", "40ft"), ("changed from 20ft to 40HC", "40ftHC"), ("20ftから40ftに変更", "40ft"),
    ("40피트 하이큐브 말고 일반", "40ft"), ("40HC 1대 (20GP 불가)", "40ftHC x1"), ("LCL 아니고 20FT FCL", "20ft"), ("40피트 오픈탑 말고 일반 드라이로 1대", "40ft"), ("40ft standard, no high cube needed", "40ft"), ("40HC, ETA TBA", "40ftHC"), ("40HC, 도착일 미정", "40ftHC"), ("일정 미정, 40HC", "40ftHC"), ("홍콩\t20'\tTBA\t11/22\tTBA", "20ft"),
    ("지난번 20ft, 이번 40HC", "40ftHC"), ("40ftHC、納期は未定", "40ftHC"), ("ตู้ 40 ฟุต วันออกยังไม่แน่ใจ", "40ft"), ("20ft ไม่พอ ใช้ 40ft", "40ft"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [*SIZES, *NUMBERS, *OPEN, *IN_FORCE])
def test_container(text: str, expected: str) -> None:
    assert container(text) == expected
