"""Sample mails of the project's own, for `make demo` and the tests."""
