"""One module a step: a plain function of the mail that returns what it wants written."""

from pipeline.models import StepName
from pipeline.steps import classify, classify_files, decode, extract, llm_extract, save, unzip
from pipeline.work import StepFunction, Together

FUNCTIONS: dict[StepName, StepFunction] = {
    StepName.EXTRACT: extract.run,
    StepName.DECODE: decode.run,
    StepName.UNZIP: unzip.run,
    StepName.CLASSIFY_FILES: classify_files.run,
    StepName.CLASSIFY: classify.run,
    StepName.SAVE: save.run,
    StepName.LLM_EXTRACT: llm_extract.run,
}
# steps that take several mails for little more than one
TOGETHER: dict[StepName, Together] = {StepName.CLASSIFY: classify.run_all}
