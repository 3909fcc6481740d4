"""Another encoder than the release's: a DistilBERT, fine-tuned on corpus and operators' mails."""

import logging
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import AutoConfig, AutoModel, PretrainedConfig, PreTrainedModel

from classifier import corpus
from classifier.corpus import Sample
from classifier.encoder.batches import Ids
from classifier.encoder.building import Encoder as Centred
from classifier.encoder.exporting import export_encoder
from classifier.encoder.kobert import (
    SPACE,
    VOCABULARY,
    around,
    kobert_tokenizer,
    read_vocabulary,
)
from classifier.encoder.tuning import Labelled, TuningConfig, embed, tune
from classifier.errors import BrokenModel
from classifier.export import UNFINISHED
from classifier.features import FeatureSettings, encoder_characters, encoder_text, features
from classifier.fitting import EXAMPLE, EncoderFolder, is_kept_example
from classifier.folders import ENCODER, TOKENIZER, EncoderSettings, file_sha256
from classifier.parts import Encoder

logger = logging.getLogger(__name__)

Say = Callable[[str], None]

MOST_TOKENS = 128
# bodies that take ids and a mask, and answer with one state a token
KINDS = ("distilbert", "bert")
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")
_ON_THE_HUB = ("config.json", *_WEIGHTS, "*.model", VOCABULARY, "tokenizer*.json")
# mails whose mean is the embedding's centre; more move it little
_CENTRED_ON = 400
_SAY_SECONDS = 30.0
# a step holds weights, gradients and two moments (four bytes each), and the batch beside them
_BYTES_A_WEIGHT = 16
_BYTES_BESIDE = 400_000_000


@dataclass(frozen=True, slots=True)
class Base:
    """What fine-tuning begins with: an opened model and the tokenizer that goes with it."""

    name: str
    model: PreTrainedModel
    cutter: Tokenizer
    tokens: int  # most that are read of a mail


def base_folder(name: str) -> Path:
    """The folder `name`, or that of the hub's model of this name, fetched; raises BrokenModel."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    if name.startswith((".", "/", "~")) or name.count("/") != 1:
        raise BrokenModel(f"{name}: there is no such folder")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    try:
        return Path(snapshot_download(name, allow_patterns=list(_ON_THE_HUB)))
    # what the hub's client and the sockets below it raise without a network or such a model
    except (HfHubHTTPError, HFValidationError, OSError, RuntimeError, ValueError) as exc:
        raise BrokenModel(
            f"{name} cannot be fetched from the hub ({type(exc).__name__}): put its files "
            "(config.json, weights, tokenizer) into a folder and name that: "
            "BUSYBEE_BASE_MODEL=/path/to/folder"
        ) from exc


def open_base(folder: Path) -> Base:
    """The model and tokenizer in `folder`; raises BrokenModel where they cannot be worked with."""
    config = _config(folder)
    if not any(path for pattern in _WEIGHTS for path in folder.glob(pattern)):
        raise BrokenModel(f"{folder.name}: no weights (model.safetensors or pytorch_model.bin)")
    cutter = open_tokenizer(folder)
    words = cutter.get_vocab_size(with_added_tokens=True)
    if words != config.vocab_size:
        raise BrokenModel(
            f"{folder.name}: the tokenizer has {words} pieces, the model {config.vocab_size}"
        )
    return Base(folder.name, _weights(folder, config), cutter, _tokens(config))


def open_tokenizer(folder: Path) -> Tokenizer:
    """KoBERT's (*.model and vocab.txt), tokenizer.json, or WordPiece of vocab.txt alone.

    Raises BrokenModel where none of them is there, Missing where sentencepiece is needed.
    """
    if any(folder.glob("*.model")):
        return kobert_tokenizer(folder)
    if (folder / TOKENIZER).exists():
        return _fast(folder / TOKENIZER)
    if (folder / VOCABULARY).exists():
        return _word_pieces(folder)
    raise BrokenModel(f"{folder.name}: no tokenizer (*.model and vocab.txt, or tokenizer.json)")


def finetuned(
    base: Base,
    samples: Sequence[Sample],
    labels: tuple[str, ...],
    parent: Path,
    config: TuningConfig,
    *,
    progress: Callable[[], None] = lambda: None,
    say: Say = lambda line: None,
) -> EncoderFolder:
    """The encoder made of `base`, in a new folder below `parent` that may be deleted after export.

    Mails of `corpus.calibration_bases` and every eighth of the operators' stay unseen. On a GPU
    where there is one. Seeded: the same input gives the same weights on the same machine.
    """
    kept = corpus.calibration_bases()
    learned = [s for s in samples if s.base not in kept and not is_kept_example(s)]
    check_memory(base.model)
    data = labelled(base, learned, labels)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    say(f"{base.name} is fine-tuned on {len(learned)} mails, by the {device.type}")
    model = base.model.to(device)
    tune(model, data, config, progress=_progress(progress, say))
    rng = np.random.default_rng(config.seed)
    some = [data.ids[place] for place in rng.permutation(len(data.ids))[:_CENTRED_ON]]
    centre = torch.from_numpy(embed(model, some)).mean(0)
    progress()
    folder = parent / f"{UNFINISHED}{uuid4().hex}"
    folder.mkdir(parents=True)
    try:
        own = any(sample.base.startswith(EXAMPLE) for sample in learned)
        return _written(base, Centred(model.cpu(), centre), folder, own_mails=own)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def labelled(base: Base, samples: Sequence[Sample], labels: tuple[str, ...]) -> Labelled:
    """`samples` as the encoder reads them, with their labels and weights."""
    base.cutter.enable_truncation(base.tokens)
    numbers = np.array([labels.index(sample.label) for sample in samples])
    weights = np.array([sample.weight for sample in samples])
    # every label counts alike, however many mails it has
    weights = weights / np.bincount(numbers, weights, len(labels))[numbers]
    return Labelled(
        ids=[_ids(base, sample.text) for sample in samples],
        flags=np.stack([features(sample.text, FeatureSettings()).flags for sample in samples]),
        targets=np.eye(len(labels), dtype=np.float32)[numbers],
        weights=(weights / weights.mean()).astype(np.float32),
    )


def check_memory(model: PreTrainedModel) -> None:
    """Raises BrokenModel where fine-tuning `model` on the CPU would run out of memory."""
    weights = sum(weight.numel() for weight in model.parameters())
    needed, free = weights * _BYTES_A_WEIGHT + _BYTES_BESIDE, _free_bytes()
    if free is not None and free < needed:
        raise BrokenModel(
            f"fine-tuning needs {needed / 1e9:.1f} GB of memory, {free / 1e9:.1f} GB are free"
        )


def _free_bytes() -> int | None:
    """Memory that can be had without swapping; None where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return int(found[0]) * 1024 if found else None


def _ids(base: Base, text: str) -> Ids:
    # one at a time: `encode_batch` starts threads
    ids: list[int] = base.cutter.encode(encoder_text(text, encoder_characters(base.tokens))).ids
    return ids


def _written(base: Base, whole: Centred, folder: Path, *, own_mails: bool) -> EncoderFolder:
    settings = EncoderSettings(
        name=f"{base.name}, fine-tuned",
        dimensions=base.model.config.hidden_size,
        tokens=base.tokens,
        pooling="mean of the last states, centred, of length 1",
        licence=f"those of {base.name}",
        own_mails=own_mails,
    )
    # these words were not 4-bit before: 8 keep them
    export_encoder(
        whole.eval(), folder, dimensions=settings.dimensions, int8=True, embedding_bits=8
    )
    base.cutter.no_truncation()
    base.cutter.save(str(folder / TOKENIZER), pretty=False)
    onnx, tokenizer = ((folder / name).read_bytes() for name in (ENCODER, TOKENIZER))
    return EncoderFolder(
        folder, settings, file_sha256(folder / ENCODER), Encoder(onnx, tokenizer, settings)
    )


def _config(folder: Path) -> PretrainedConfig:
    if not (folder / "config.json").exists():
        raise BrokenModel(f"{folder.name}: no config.json")
    try:
        config = AutoConfig.from_pretrained(str(folder), local_files_only=True)
    # what transformers raises for files that are cut, or name a kind that it does not know
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise BrokenModel(f"{folder.name}: config.json cannot be read: {str(exc)[:200]}") from exc
    if config.model_type not in KINDS:
        raise BrokenModel(
            f"{folder.name}: a {config.model_type} model; {' or '.join(KINDS)} is needed"
        )
    return config


def _weights(folder: Path, config: PretrainedConfig) -> PreTrainedModel:
    from safetensors import SafetensorError

    try:
        model, notes = AutoModel.from_pretrained(
            str(folder),
            config=config,
            attn_implementation="eager",
            dtype=torch.float32,
            local_files_only=True,
            output_loading_info=True,
        )
    # what transformers, torch and safetensors raise for files that are cut or do not fit
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as exc:
        raise BrokenModel(f"{folder.name}: the weights cannot be read: {str(exc)[:200]}") from exc
    lacking = [name for name in notes["missing_keys"] if "pooler" not in name]
    if lacking:
        raise BrokenModel(f"{folder.name}: the weights lack {len(lacking)} parts: {lacking[0]} ...")
    return model.eval()


def _tokens(config: PretrainedConfig) -> int:
    return min(MOST_TOKENS, int(config.max_position_embeddings))


def _fast(path: Path) -> Tokenizer:
    try:
        cutter = Tokenizer.from_file(str(path))
    # the library raises nothing narrower
    except Exception as exc:
        raise BrokenModel(f"{path.parent.name}: {path.name} cannot be read: {exc}") from exc
    cutter.no_padding()
    if (path.parent / VOCABULARY).exists():
        _check_agreement(path.parent, cutter)
    return cutter


def _check_agreement(folder: Path, cutter: Tokenizer) -> None:
    words = read_vocabulary(folder / VOCABULARY)
    other = sum(cutter.token_to_id(word) != number for number, word in enumerate(words))
    if other:
        raise BrokenModel(
            f"{folder.name}: {TOKENIZER} and {VOCABULARY} disagree about {other} pieces"
        )


def _word_pieces(folder: Path) -> Tokenizer:
    words = read_vocabulary(folder / VOCABULARY)
    if any(word.startswith(SPACE) for word in words):
        # WordPiece takes such a vocabulary without complaint, and most of Korean becomes [UNK]
        raise BrokenModel(
            f"{folder.name}: {VOCABULARY} is SentencePiece's: its *.model must lie there too"
        )
    numbers = {word: number for number, word in enumerate(words)}
    cutter = Tokenizer(models.WordPiece(vocab=numbers, unk_token="[UNK]"))
    # no lower case: an upper-case vocabulary would be lost, and Korean has none
    lower = not any(word.isascii() and word.lower() != word for word in words if word[:1] != "[")
    # taking accents off would take Hangul apart
    cutter.normalizer = normalizers.BertNormalizer(lowercase=lower, strip_accents=False)
    cutter.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    cutter.post_processor = around(words)
    return cutter


def _progress(beat: Callable[[], None], say: Say) -> Callable[[int, int, float], None]:
    said = time.monotonic()

    def progress(step: int, steps: int, loss: float) -> None:
        nonlocal said
        beat()
        if time.monotonic() - said > _SAY_SECONDS or step == steps:
            said = time.monotonic()
            say(f"  step {step} of {steps}, loss {loss:.3f}")

    return progress
