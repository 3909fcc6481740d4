"""Weights as people of four languages write them, what adds up, and what is no weight of the cargo."""

# ruff: noqa: E501 - a case is a line

import pytest

from freight.extraction.packing import column_total
from freight.extraction.text import prepare, without_codes
from freight.extraction.weights import read_weight
from freight.fields import Source
from freight.tests.reading import read


def weight(text: str) -> str:
    """The weight of `text` in kg, rounded; `-` where none was read, `?` where it was left open."""
    reading = read_weight(without_codes(prepare(text).text))
    if reading.found is None:
        return "?" if reading.warning else "-"
    assert 0 <= reading.found.start < reading.found.end <= len(text)
    return str(round(reading.found.value))


# the number and its unit
PLAIN = [
    ("16.400 kg gross", "16400"), ("18'500 kg", "18500"), ("10.234,5 kg", "10234"), ("1,5 t", "1500"), ("18.250 t", "18250"), ("18,25 t", "18250"),
    ("18.5MT", "18500"), ("18.5 M/T", "18500"), ("18.5 m.t.", "18500"), ("18.5 mtons", "18500"), ("18.5 tonnes", "18500"), ("18.5T", "18500"),
    ("44,092 lbs", "20000"), ("22,046 pounds", "10000"), ("20 short tons", "18144"), ("18K kg", "18000"), ("18500kgs.", "18500"), ("18500 KGM", "-"),
    ("14 and a half tonnes", "14500"), ("14 1/2 tons", "14500"), ("14½ t", "14500"), ("eighteen and a half tons", "18500"),
    ("eighteen thousand five hundred kilos", "18500"), ("twenty-two tonnes", "22000"), ("12 t 400 kg", "12400"),
    ("1만 2천 kg", "12000"), ("1만8천5백kg", "18500"), ("1만 8,500킬로", "18500"), ("만 팔천 킬로", "18000"), ("십팔 톤", "18000"), ("이십이톤", "22000"),
    ("열두 톤", "12000"), ("스무톤", "20000"), ("5톤 반", "5500"), ("5톤반이에요", "5500"), ("12톤 400킬로", "12400"), ("3톤 500 정도", "3500"),
    ("18.5키로그램", "-"), ("G.W.9,000K/G", "9000"), ("9,000 K/GS", "9000"), ("9천 킬로", "9000"), ("총 2만5천키로", "25000"), ("8천5백 kg", "8500"),
    ("二十一屯", "21000"), ("21屯", "21000"), ("１８．５トン", "18500"), ("2万3千6百キロ", "23600"), ("2トン半", "2500"), ("十八トン", "18000"), ("12トン500キロ", "12500"),
    ("18500公斤", "18500"), ("18.5公噸", "18500"), ("18㌧", "18000"), ("18500㎏", "18500"), ("2万kg", "20000"),
    ("18,500 กก.", "18500"), ("๑๘,๕๐๐ กก.", "18500"), ("18,500 กิโลกรัม", "18500"), ("18 ตัน", "18000"), ("3 ตันครึ่ง", "3500"), ("12 ตัน 400 กิโล", "12400"),
    ("สิบแปดตัน", "18000"), ("หนัก 900 โล", "900"), ("ห้าตันครึ่ง", "5500"),
]  # fmt: skip

# gross, net and tare; total and parts
KINDS = [
    ("net 17,000 kg, gross 18,500 kg", "18500"), ("18,650 kgs gross / 14,900 kgs drained", "18650"), ("N.W. 17,000 / G.W. 18,500 kg", "18500"),
    ("net weight 17,000 kg", "-"), ("순중량 17톤", "-"), ("正味 17トン", "-"), ("น้ำหนักสุทธิ 17 ตัน", "-"),
    ("Tare 3.9 t, cargo 18 t", "18000"), ("총중량 18,500kg (순중량 17,200kg)", "18500"), ("순중량 17,200kg, 포장 포함 18,500kg", "18500"),
    ("9,400kgは正味でした。総重量は9,980kg", "9980"), ("総重量 21.0トン(うち貨物正味 19.6トン)", "21000"), ("น้ำหนักรวม 18.2 ตัน สุทธิ 17 ตัน", "18200"),
    ("18.2 ตัน (รวมบรรจุภัณฑ์) สุทธิ 17 ตัน", "18200"), ("including packaging 18.5 t, 17 t without packing", "18500"), ("weighed at 6,250 kg including packing", "6250"),
    ("Weight: 18,500 kg\nVGM 22,400 kg", "18500"), ("chargeable weight 4,000 kg, actual 3,200 kg", "3200"), ("volume weight 4,000 kg", "-"),
    ("Gross weight\n18,500 kg", "18500"), ("총중량\n - 18,500kg", "18500"), ("Net weight\n17,000 kg\nGross weight\n18,500 kg", "18500"),
    ("G.W. 18500", "18500"), ("총중량: 18,500", "18500"), ("Gross weight (kg): 18,500", "18500"), ("Weight (MT): 18.5", "18500"), ("총중량(톤): 18.5", "18500"),
    ("GW kg: 11215", "11215"), ("総重量(kg):8,215", "8215"), ("น้ำหนักรวม (ตัน): 18.5", "18500"), ("Gross weight lbs: 44,092", "20000"),
    ("GW 2026-12-05", "-"), ("weight 2026", "-"), ("N.W.: 17,000\nG.W.: 18,500", "18500"),
    ("valves 3,000 kg, pipes 2,000 kg, total 5,000 kg", "5000"), ("3,000 kg + 2,000 kg = 5,000 kg", "5000"), ("밸브 3톤, 파이프 2톤, 총 5톤", "5000"),
    ("A 3,000kg / B 2,000kg / 합계 5,000kg", "5000"), ("crate 1 gross 500 kg\ncrate 2 gross 700 kg\ntotal 1,200 kg", "1200"),
    ("GW/NW: 16,050/15,200 kgs", "16050"), ("Weight(G/N): 16,050 / 15,200 kg", "16050"), ("N.W./G.W.: 15,200 / 16,050 kg", "16050"), ("G.W./N.W.: 18,500 kg / 17,000 kg", "18500"), ("weight 16,050 / 15,200 kg", "?"), ("수량/중량: 20 / 18,500kg", "18500"), ("기계 1대 20톤, 부속 상자 3개 합쳐서 1톤", "?"),
    ("18,500 kg (40,785 lbs)", "18500"), ("18.5 t = 18,500 kg", "18500"), ("총 50톤", "50000"), ("63.9 ตัน (ตู้ละ 21.3 ตัน) 3 ตู้", "63900"),
]  # fmt: skip

# one piece's weight times their number
PRODUCTS = [
    ("8 pallets, 650 kg each", "5200"), ("8 pallets at 650 kg", "5200"), ("8 pallets of 650 kg", "5200"), ("26 crates at 880 kg each", "22880"),
    ("650 kg x 8 pallets", "5200"), ("8 x 650 kg", "5200"), ("8 plt @ 650kg", "5200"), ("450kg×20パレット", "9000"), ("@450kg×20", "9000"), ("19 tons/box x 4", "76000"), ("each box will have about 19 tons; we need four boxes 20'", "76000"), ("5 FCL of 24 MT each", "120000"), ("24 mt per 20' x 6", "144000"), ("20톤짜리 기계 한 대", "20000"), ("4 x 20' @ 19 t", "76000"), ("Cartons: 1,020\nWeight per carton: 8.5 kg gross, 7.9 kg net", "8670"),
    ("Qty: 640 ctns\nG.W./ctn: 14.5 kg", "9280"), ("1,080 cartons, 14.5 kg gross each", "15660"), ("Quantity 44 pallets; unit weight 545 kg", "23980"),
    ("4 x 20', each can grosses 41,500 lbs", "75296"), ("three containers, gross weight per container - 13.2 MT", "39600"), ("20' x 4, G.W. 24.5 MT/cntr", "98000"),
    ("fifteen 20's, roughly 21.5 MT cargo gross per box", "322500"), ("3 x 40HC. 20 tons per box.", "60000"), ("weight 26.4 tons a box, five boxes", "132000"),
    ("2 x 40HC, 24.800 kg gross each container", "49600"), ("1x40HC, 18 t per container", "18000"), ("Each of the 3 containers weighs 18 tons", "54000"),
    ("each pallet is about 500 kg, 20 pallets", "10000"), ("each crate weighs 1.2 t, 5 crates", "6000"), ("20 pallets, 48 cartons per pallet, 12 kg per carton", "11520"),
    ("640박스에 박스당 총중량 14.5kg", "9280"), ("톤백 22개, 개당 총중량 1,015kg", "22330"), ("40HC 두 대요. 대당 총중량 11,200kg 정도", "22400"),
    ("40피트 드라이 6대, 대당 적입 총중량 21.5톤", "129000"), ("20피트 3대, 컨테이너당 18톤", "54000"), ("한 대에 26.5톤씩, 20피트 2대", "53000"), ("20팔레트 각 500kg", "10000"), ("수량: 800박스 / 박스당 12kg", "9600"), ("800 boxes / 12 kg per box", "9600"), ("48 cartons per pallet, 20 pallets, 12 kg/carton", "11520"),
    ("드럼 80개 × 210kg", "16800"), ("포대 800개, 25kg씩", "20000"), ("팔레트당 1,150kg × 18팔레트", "20700"), ("열두 팔레트, 팔레트당 500킬로", "6000"), ("94톤짜리 거더 2본", "188000"),
    ("수량: 20PLT (PLT당 500KG)", "10000"), ("1,540포, 포당 총중량 10.5kg", "16170"), ("40HC 1대, 대당 18톤", "18000"),
    ("40フィート2本、1本の総重量は約20.5トン", "41000"), ("18個(1個あたり総重量 640kg)", "11520"), ("20'×3本、1コンテナあたり18トン", "54000"), ("620カートン(1カートン 12.5kg グロス)", "7750"),
    ("●数量 620カートン(1カートン 12.5kg グロス)", "7750"), ("1ケース 9.2kg(梱包込み)が 1,150ケースあります", "10580"), ("パレット10枚、各500kg", "5000"), ("10パレット、500kgずつ", "5000"), ("20ケース、それぞれ120kg", "2400"),
    ("2,050 ลัง ลังละ 8.6 โล", "17630"), ("20 ฟุต 6 ตู้ ตู้ละ 24.5 ตัน", "147000"), ("25 ตันต่อตู้ รวม 2 ตู้ 40 ฟุต", "50000"), ("24 พาเลท x 745 กก.", "17880"), ("10 พาเลท แต่ละพาเลทหนัก 500 กก.", "5000"),
    ("3 ตู้ ตู้ละ 19,200 กิโล (รวมกระสอบแล้ว)", "57600"), ("กล่องละ 12 กก. จำนวน 500 กล่อง", "6000"),
    # one of an unknown number says nothing
    ("pallets of 650 kg each", "-"), ("박스당 12kg", "-"), ("ลังละ 8.6 กก.", "-"), ("1本あたり8トン", "-"), ("18 t per container", "-"),
]  # fmt: skip

# several parts of one shipment
SUMS = [
    ("container 1: 12,400 kg\ncontainer 2: 13,100 kg", "25500"), ("ตู้ที่ 1: 19,320 กก.\nตู้ที่ 2: 19,320 กก.", "38640"), ("น้ำหนักตู้แรก 9,460 กก. ตู้ที่สอง 8,940 กก. รวมบรรจุภัณฑ์แล้ว", "18400"),
    ("1번 컨테이너 12톤, 2번 컨테이너 13톤", "25000"), ("1本目 12トン、2本目 13トン", "25000"), ("the first container 12 t, the second 13 t", "25000"), ("첫 번째 12톤, 두 번째 13톤", "25000"),
    ("8 pallets 4,000 kg and 3 crates 1,500 kg", "5500"), ("- 밸브 12박스 3,400kg\n- 파이프 8다발 5,200kg", "8600"), ("10 pallets x 650 kg and 4 crates x 300 kg", "7700"),
    ("machine 12 t + spares 3 t", "15000"), ("기계 12톤 + 부품 3톤", "15000"), ("機械12トン+部品3トン", "15000"), ("เครื่อง 12 ตัน + อะไหล่ 3 ตัน", "15000"),
    # not parts of one: lanes, shipments, choices
    ("1st shipment 12 t, 2nd shipment 13 t", "?"), ("1차 선적 12톤, 2차 선적 13톤", "?"), ("option A: 12 t, option B: 13 t", "?"), ("12톤 또는 13톤", "?"), ("A안 12톤\nB안 13톤", "?"),
    ("総重量     44t           66t", "?"), ("총중량 18톤 / 20톤", "?"), ("18 t, maybe 20 t", "?"),
]  # fmt: skip

# weights that are not the cargo's, or not in force, or no value
NOT_IT = [
    ("about 18-20 tons", "?"), ("18~20톤", "?"), ("between 18 and 20 tons", "?"), ("18톤에서 20톤 사이", "?"), ("18トンから20トン", "?"), ("18 ถึง 20 ตัน", "?"),
    ("무게 26톤 넘지 않아요", "?"), ("under 26 tons", "?"), ("not more than 26 tons", "?"), ("26 tons max", "?"), ("최대 26톤", "?"), ("26톤 이하", "?"), ("26トン以内", "?"), ("ไม่เกิน 26 ตัน", "?"), ("25톤까지 실을 수 있나요", "?"), ("8トン弱です", "?"), ("น้ำหนักรวม 9 ตันกว่า", "?"), ("요청 중량 19톤 → 확정 20.5톤", "20500"), ("max weight 24t, ours is 19t", "19000"),
    ("25 ton truck", "-"), ("11톤 윙바디", "-"), ("5톤 지게차", "-"), ("10トントラック", "-"), ("1톤백", "-"), ("USD 50 per 1 ton", "-"), ("1톤당 50불", "-"), ("100 บาทต่อ 1 กก.", "-"),
    ("max payload 28 t", "?"), ("지난번 18톤, 이번 20톤", "20000"), ("not 18 t but 20 t", "20000"), ("18톤 아니고 20톤", "20000"), ("18톤에서 20톤으로 변경", "20000"), ("18톤 -> 20톤", "20000"), ("18トンではなく20トン", "20000"),
    ("changed from 18 t to 20 t", "20000"), ("기존 18톤, 변경 20톤", "20000"), ("จาก 18 ตัน เป็น 20 ตัน", "20000"), ("previously 18 t, now 20 t", "20000"), ("18トンから20トンに変更", "20000"),
    ("총중량 21.5톤. OOG 화물은 94톤짜리 거더 2본입니다(이번 견적 제외).", "21500"), ("7톤 조금 안되는데 7,000kg으로 잡아주세요", "7000"),
    ("往路 4,620kg(グロス)、復路は約3,900kg", "4620"), ("30 cbm, 20 pallets", "-"), ("USD 18,500", "-"), ("30% T/T", "-"), ("고양이 모래 10kg", "-"), ("25kg bags", "-"),
    ("gross tonnage 18,500", "-"), ("중량은 개당 21,300kg (컨테이너 포함하면 25톤 넘습니다). 40피트 2개요.", "42600"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kg"), [*PLAIN, *KINDS, *PRODUCTS, *SUMS, *NOT_IT])
def test_weight(text: str, kg: str) -> None:
    assert weight(text) == kg


LISTS = [
    # no total of its own: the lines add up
    ("Case No.\tDescription\tG/W (kg)\tN/W (kg)\nC-1\tunit\t12400\t11300\nC-2\tdryer\t9850\t9020\n", "22250"),
    ("| 품명 | 수량 | 총중량(kg) |\n|---|---|---|\n| 밸브 | 12 | 3,400 |\n| 파이프 | 8 | 5,200 |", "8600"),
    ("船積明細\t\t\n品名\t数量\tG/W (kg)\nA\t20\t10400\nB\t14\t6950\nコンテナ\t20' x 1\t\n", "17350"),
    ("No,Item,NW kg,GW kg\n1,Chairs,4180,4620\n2,Shelves,6265,6595\n", "11215"),
    ("item\tctns\tG.W. (lbs)\na\t10\t1000\nb\t10\t1204.62\n", "1000"),
    ("สินค้า\tจำนวน\tน้ำหนักรวม (ตัน)\nA\t10\t1.5\nB\t20\t2.5\n", "4000"),
    # with a total, another reader's
    ("Item\tQty\tG.W. (kg)\nA\t1\t100\nB\t2\t200\nTotal\t3\t300\n", "-"),
    # one piece's weights, or net ones, do not add up to the cargo
    ("Item\tQty\tG.W./ctn (kg)\nA\t10\t12\nB\t20\t14\n", "-"),
    ("Item\tQty\tN.W. (kg)\nA\t10\t1200\nB\t20\t1400\n", "-"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kg"), LISTS)
def test_packing_list_without_a_total(text: str, kg: str) -> None:
    found = column_total(prepare(text).text)
    assert (str(round(found.value)) if found else "-") == kg


ATTACHED = [
    ("No,Description,Ctns,NW kg,GW kg,CBM\n1,Chairs,220,4180,4620,38.1\n2,Shelves,310,5890,6595,27.4\n,TOTAL,530,10070,11215,65.5\n", "11215"),
    ("Model\tQ'ty\tUnit G.W.(kg)\tTotal G.W.(kg)\nAC-09\t180\t38.5\t6930\nAC-12\t162\t43.481\t7044\n\t\tTOTAL\t13974\nCNTR TYPE\t40HQ X 2\t\t\n", "13974"),
    ("항목,내용\n수량,\"1,540포\"\n포당 총중량(kg),10.5\n총중량 합계(kg),16170\n", "16170"),
    ("\t正味kg\t総kg\n杉板\t11200\t11890\n檜板\t8350\t8870\n計\t19550\t20760\n", "20760"),
    ("銘柄,箱数,総重量kg/箱,総重量kg\nA,120,11.2,1344\nB,200,14,2800\n合計,320,,4144\n", "4144"),
    ("model,cartons,gw_per_ctn_kg,gw_total_kg\nDW-18,340,42.6,14484\nDW-24,172,51,8772\nTOTAL,512,,23256\n", "23256"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "kg"), ATTACHED)
def test_packing_list_in_an_attachment(table: str, kg: str) -> None:
    got = read("", Source("attachment:list.csv", table))
    assert str(got.facts.gross_weight_kg) == kg
    item = got.evidence["gross_weight_kg"]
    assert table[item.start : item.end] == item.quote
