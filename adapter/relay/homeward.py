"""What a domestic system is told of its own record: the place in it that a complaint is about."""

from adapter.catalogue import Catalogue
from adapter.mapping.tell import path_of
from adapter.messages import Complaint, Kind, Response
from adapter.system import System


def placed(complaint: Complaint, path: str | None) -> Complaint:
    """The complaint with the place in the record that it is about."""
    if path is None:
        return complaint
    return Complaint.model_validate({**complaint.model_dump(), "text": f"{complaint.text}; in your record: {path}"})


def located(response: Response, kind: str, home: System, catalogue: Catalogue) -> Response:
    """A partner's response with the place in the record for each complaint that names one of our fields."""
    fits = (None, response.agreement)
    tables = (table for table in catalogue.tables(home, Kind(kind)) if table.direction != "out")
    table = next((table for table in tables if table.agreement in fits), None)
    if table is None:
        return response
    plan = catalogue.compiled(table).plan
    complaints = tuple(placed(each, each.field and path_of(plan, each.field)) for each in response.complaints)
    return response.model_copy(update={"complaints": complaints})
