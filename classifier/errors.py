"""What can go wrong in the classifier."""


class ClassifierError(Exception):
    """Base of every error of this app."""


class BrokenModel(ClassifierError):
    """A model folder is missing, incomplete, or not what its manifest says."""


class ExportMismatch(ClassifierError):
    """The written ONNX file answers otherwise than the trained model."""


class NotEnoughMails(ClassifierError):
    """There are too few mails, or a label has none, to train on."""


class UnknownLabel(ClassifierError):
    """The word cannot be a label."""


class NoSuchModel(ClassifierError):
    """No model version has this name, or there is none to go back to."""


class StateConflict(ClassifierError):
    """Someone else moved the row first; nothing was changed."""


class BadMails(ClassifierError):
    """A file of labelled mails cannot be measured on."""


class Missing(ClassifierError):
    """A package that this needs is not installed; the message says how to get it."""
