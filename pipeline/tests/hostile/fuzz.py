"""`python -m pipeline.tests.hostile.fuzz TARGET [libFuzzer's options]`; see scripts/fuzz.

atheris is not among the requirements; it counts the branches of what is imported under it.
"""

import sys
from pathlib import Path

# what the target's file seeds are cut to: libFuzzer grows from small inputs
SEED_BYTES = 512


def main() -> None:
    """Throw bytes at the target until time is up or something is found."""
    import atheris  # type: ignore[import-untyped]  # in scripts/fuzz' own environment only

    with atheris.instrument_imports(include=["pipeline", "freight"]):
        from pipeline.tests.hostile import targets
    name = sys.argv.pop(1)
    target = targets.TARGETS[name]
    for folder in [Path(each) for each in sys.argv[1:] if Path(each).is_dir()]:
        plant(folder, name)
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


def plant(folder: Path, name: str) -> None:
    """Seeds for the target: the small hostile inputs of its kind, told by their names."""
    from pipeline.tests.hostile import CASES, Bait

    whole = name in {"mime", "headers"}
    for case in CASES.values():
        build = case.build if whole and not case.file else case.file
        if build and (case.file is None if whole else case.name.startswith(name[:3])):
            (folder / case.name).write_bytes(build(Bait())[:SEED_BYTES])


if __name__ == "__main__":
    main()
