"""Who runs in the benchmark of inference: the plain way, its network done better, and ours.

Each answers texts with scores, tokenizer included, in one thread. torch and transformers are needed
for the plain network only.
"""

import importlib.util
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from classifier.baselines import HOW, NEEDS, DistilSettings, new_network
from classifier.inference import Classifier
from classifier.measuring import part
from classifier.speed_table import CASCADE

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Answer = Callable[[Sequence[str]], object]

SEED = "plain way: PyTorch fp32, padded to 128"
TOKENS = 128
# DistilKoBERT's
PIECES = 8002
# of near length, few at a time: padding to a long neighbour costs more than a batch gains
MOST_IN_A_BATCH = 4
# a batch ends where a text has more than this many times the tokens of its shortest
STRETCH = 1.25
# a service in another house, not a device of this machine
ELSEWHERE = ("AzureExecutionProvider",)


@dataclass(frozen=True, slots=True)
class Contestant:
    """One way to answer texts; `answer` is None where it cannot run here, `why_not` says why."""

    name: str
    about: str
    answer: Answer | None = None
    why_not: str = ""


def ours(model: Classifier) -> list[Contestant]:
    """The cascade and each part alone."""
    whole = Contestant(CASCADE, "as it serves", part(model, "whole").predict)
    wide = Contestant("ours: wide alone", "numpy", part(model, "wide").predict)
    if model.manifest.encoder is None:
        encoder = Contestant("ours: encoder alone", "", why_not="this model is the wide part only")
    else:
        model.load()
        whole = Contestant(CASCADE, "as it serves", part(model, "whole").predict)
        encoder = Contestant(
            "ours: encoder alone", "int8, each text alone", part(model, "deep").predict
        )
    return [wide, encoder, whole]


def seeds(texts: Sequence[str]) -> list[Contestant]:
    """The plain network (DistilBERT 3x768, random weights) served in different ways.

    Its vocabulary is made from `texts`: how they are cut matters to the speed, the weights do not.
    """
    absent = [name for name in NEEDS if importlib.util.find_spec(name) is None]
    if absent:
        reason = f"{', '.join(absent)} not installed; {HOW}"
        names = (SEED, "PyTorch fp32, dynamic padding", "ONNX Runtime, the same network")
        return [Contestant(name, "", why_not=reason) for name in names]
    import torch

    torch.set_num_threads(1)
    fast = _tokenizer(texts)
    network = new_network(fast.get_vocab_size(), DistilSettings()).eval()
    slow, about = _slow_tokenizer(fast)
    return [
        Contestant(SEED, about, partial(_seeds_way, network, slow)),
        Contestant(
            "PyTorch fp32, dynamic padding",
            "fast tokenizer, padded to the longest of the batch",
            partial(_dynamic, network, fast),
        ),
        *_onnx(fast),
    ]


def _tokenizer(texts: Sequence[str]) -> "Tokenizer":
    """A WordPiece tokenizer of PIECES pieces, as BERT has it, that cuts at TOKENS."""
    from tokenizers import BertWordPieceTokenizer

    made = BertWordPieceTokenizer(lowercase=False, strip_accents=False)
    made.train_from_iterator(list(texts), vocab_size=PIECES, show_progress=False)
    made.enable_truncation(TOKENS)
    return made


def _slow_tokenizer(fast: "Tokenizer") -> tuple[Any, str]:
    """BERT's tokenizer in pure Python, which such services used, with the same pieces.

    transformers 5 keeps it as a legacy module; where it is gone, the fast one, and that is said.
    """
    pieces = sorted(fast.get_vocab(), key=fast.get_vocab().__getitem__)
    with tempfile.TemporaryDirectory(prefix="busybee-bench-") as scratch:
        path = Path(scratch) / "vocab.txt"
        path.write_text("\n".join(pieces) + "\n", encoding="utf-8")
        try:
            from transformers.models.bert.tokenization_bert_legacy import BertTokenizerLegacy
        except ImportError:
            from transformers import BertTokenizer

            about = "fast tokenizer (this transformers has no pure-Python one), batches padded"
            return BertTokenizer(vocab=str(path), do_lower_case=False), about
        slow = BertTokenizerLegacy(str(path), do_lower_case=False)
        return slow, "pure-Python BERT tokenizer, every text padded to 128"


def _seeds_way(network: Any, tokenizer: Any, texts: Sequence[str]) -> object:
    import torch

    rows = tokenizer(
        list(texts),
        padding="max_length",
        truncation=True,
        max_length=TOKENS,
        return_tensors="pt",
    )
    with torch.inference_mode():
        return network(input_ids=rows["input_ids"], attention_mask=rows["attention_mask"]).logits


def _dynamic(network: Any, tokenizer: "Tokenizer", texts: Sequence[str]) -> object:
    import torch

    ids, mask = _padded([tokenizer.encode(text).ids for text in texts])
    with torch.inference_mode():
        return network(
            input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask)
        ).logits


def _onnx(tokenizer: "Tokenizer") -> list[Contestant]:
    """fp32 and int8 by each execution provider of this machine."""
    import onnxruntime

    from classifier.encoder.exporting import export_encoder

    network = new_network(tokenizer.get_vocab_size(), DistilSettings(), attention="eager")
    found = []
    for kind, int8 in (("fp32", False), ("int8", True)):
        with tempfile.TemporaryDirectory(prefix="busybee-bench-") as scratch:
            path = export_encoder(
                _logits(network),
                Path(scratch),
                dimensions=4,
                int8=int8,
                embedding_bits=32,
            )
            content = path.read_bytes()
        for provider in onnxruntime.get_available_providers():
            if provider not in ELSEWHERE:
                found.append(_by_provider(kind, provider, content, tokenizer))
    return found


def _logits(network: Any) -> Any:
    """`network` as a module whose answer is the tensor of scores."""
    import torch

    class Logits(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.network(input_ids=input_ids, attention_mask=attention_mask).logits

    return Logits()


def _by_provider(kind: str, provider: str, content: bytes, tokenizer: "Tokenizer") -> Contestant:
    import onnxruntime

    name = f"ONNX Runtime {kind}, {provider.removesuffix('ExecutionProvider')}"
    about = "the same network, fast tokenizer, batches of near length"
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(content, options, providers=[provider])
        # ONNX Runtime falls back to the CPU without an error
        if session.get_providers()[0] != provider:
            return Contestant(name, about, why_not="the provider is listed but does not start")
    except Exception as exc:  # noqa: BLE001  a provider's libraries may be absent in any way
        return Contestant(name, about, why_not=str(exc)[:200])
    return Contestant(name, about, partial(_by_session, session, tokenizer))


def micro_batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places in `lengths`, shortest first, in groups of near length; each place is in one."""
    chunk: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if chunk and (
            len(chunk) == MOST_IN_A_BATCH or lengths[place] > STRETCH * lengths[chunk[0]]
        ):
            yield chunk
            chunk = []
        chunk.append(place)
    if chunk:
        yield chunk


def _by_session(session: Any, tokenizer: "Tokenizer", texts: Sequence[str]) -> object:
    rows = [tokenizer.encode(text).ids for text in texts]
    answers = np.zeros((len(rows), 4), np.float32)
    for chunk in micro_batches([len(row) for row in rows]):
        ids, mask = _padded([rows[i] for i in chunk])
        answers[chunk] = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
    return answers


def _padded(
    rows: Sequence[Sequence[int]],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    ids = np.zeros((len(rows), max(map(len, rows))), np.int64)
    mask = np.zeros_like(ids)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = row
        mask[number, : len(row)] = 1
    return ids, mask
