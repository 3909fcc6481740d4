"""The mail that carries a quotation: its words, and the quotation as a PDF."""

from freight import letters, quotation_pdf
from freight.letters import File, Letter
from freight.models import Quotation
from freight.quotation_document import document


def quotation_letter(quotation: Quotation) -> Letter:
    """The letter of an issued quotation in its customer's language, with its PDF."""
    told = document(quotation)
    pdf = File(f"{told.name}.pdf", "application/pdf", quotation_pdf.pdf(told))
    return letters.write(
        "quotation",
        told.language,
        name=quotation.request.customer_name,
        files=(pdf,),
        number=told.number,
        revision=told.revision,
        known=told.facts,
        prices=told.prices,
        total=told.total,
        valid_until=told.valid_until,
        attached=True,
    )
