import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.features import FLAGS, FeatureSettings, compose, features, normalise, split_old

SETTINGS = FeatureSettings()


def flags(text: str) -> set[str]:
    return {name for name, on in zip(FLAGS, features(text, SETTINGS).flags, strict=True) if on}


@pytest.mark.parametrize(
    "text",
    [
        "BB-2026-000123 진행",
        "견적 BB-2026-000142으로 발주합니다",
        "お見積りBB-2026-000123の内容で",
        "our purchase order PO-48821",
        "注文書PO-55120を添付",
        "P/O NO. KS-55810 접수",
        "발주번호 4500098231로",
        "주문 ID 6f1c2b9e-4a77-4c1d-9b52-0e8d7a1f3c55 로",
        "ใบสั่งซื้อเลขที่ TH-20917",
        "ＢＢ－2026－000123",
    ],
)
def test_number_found(text: str) -> None:
    assert "number" in flags(text)


@pytest.mark.parametrize(
    "text",
    [
        "부산-상하이 40HQ 견적, 총중량 18,500kg, ETD 3월 12일",
        "Quote for 18500 kg please",
        "container MSKU7741023",
        "tel 02-555-0142",
        "",
    ],
)
def test_number_not_found(text: str) -> None:
    assert "number" not in flags(text)


def test_number_in_quoted_text_is_not_the_senders_own() -> None:
    found = flags("네 진행해 주세요.\n\n> 견적번호 BB-2026-000777\n> 합계 12,300,000원")
    assert "number_only_old" in found
    assert "go_ahead_with_number" not in found


def test_forwarded_text_is_new() -> None:
    text = normalise("FW: see below\n\n---- Original Message ----\nFrom: a\nPlease quote", 4000)
    assert split_old(text) == (text, "")


def test_digits_of_one_shape_are_alike() -> None:
    one, other = features("무게 18,500kg", SETTINGS), features("무게 27,300kg", SETTINGS)
    assert one.indices.tolist() == other.indices.tolist()


def test_hash_is_the_same_for_ever() -> None:
    # shipped models depend on it: a change here needs a new release model
    assert features("견적 quote", FeatureSettings(longest=4)).indices[:5].tolist() == [
        493,
        2432,
        6801,
        14200,
        15190,
    ]


def test_compose_keeps_the_subject_on_one_line() -> None:
    assert compose("a\nb", "c") == "a b\n\nc"


@given(st.text(max_size=300))
def test_any_text_has_features(text: str) -> None:
    row = features(text, SETTINGS)
    assert len(row.indices) == len(row.counts)
    assert ((row.indices >= 0) & (row.indices < SETTINGS.buckets)).all()
    assert (row.counts >= 1).all()
