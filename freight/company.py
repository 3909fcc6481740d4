"""The company that our mails and quotations speak for."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Company:
    """Name and addresses as the settings have them; empty where they have none."""

    name: str
    address: str
    phone: str
    email: str
    registration: str


def company() -> Company:
    """The company of this installation."""
    return Company(
        name=settings.BUSYBEE_COMPANY_NAME,
        address=settings.BUSYBEE_COMPANY_ADDRESS,
        phone=settings.BUSYBEE_COMPANY_PHONE,
        email=settings.BUSYBEE_COMPANY_EMAIL,
        registration=settings.BUSYBEE_COMPANY_REGISTRATION,
    )
