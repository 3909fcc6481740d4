"""A folder in DistilKoBERT's format: a small SentencePiece model, vocab.txt, random weights."""

import json
from pathlib import Path

from classifier import corpus

WIDTH, LAYERS = 32, 2
SPECIAL = ("[UNK]", "[PAD]", "[CLS]", "[SEP]", "[MASK]")


def write_folder(folder: Path, *, pieces: int = 600) -> Path:
    """`folder` with tokenizer, configuration and weights."""
    folder.mkdir(parents=True)
    words = write_tokenizer(folder, pieces)
    write_weights(folder, len(words))
    return folder


def write_tokenizer(folder: Path, pieces: int) -> list[str]:
    """The words of vocab.txt; it stands in `folder` beside the SentencePiece model."""
    import sentencepiece

    texts = [mail.text for mail in corpus.training_mails() if mail.language in ("ko", "en")]
    model = folder / "tokenizer_small.model"
    with model.open("wb") as file:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=(line for text in texts[::12] for line in text.splitlines() if line),
            model_writer=file,
            model_type="unigram",
            vocab_size=pieces,
            byte_fallback=False,
            normalization_rule_name="nmt_nfkc",
            character_coverage=0.98,
            hard_vocab_limit=False,
            num_threads=1,
            minloglevel=2,
        )
    slow = sentencepiece.SentencePieceProcessor(model_file=str(model))
    known = [slow.id_to_piece(i) for i in range(slow.vocab_size()) if not slow.is_control(i)]
    words = [*SPECIAL, *sorted(piece for piece in known if piece != "<unk>")]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    return words


def write_weights(folder: Path, words: int, *, width: int = WIDTH, layers: int = LAYERS) -> None:
    """config.json and model.safetensors of a random DistilBERT in `folder`."""
    import torch
    from transformers import DistilBertConfig, DistilBertModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    torch.manual_seed(3)
    config = DistilBertConfig(
        vocab_size=words,
        dim=width,
        n_layers=layers,
        n_heads=4,
        hidden_dim=2 * width,
        max_position_embeddings=64,
        pad_token_id=1,
    )
    DistilBertModel(config).save_pretrained(str(folder))


def change_config(folder: Path, **changed: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))
