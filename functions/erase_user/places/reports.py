"""Reports: the PDF, then the record that it is found by. A signed link in somebody's mail leads nowhere after that."""

from functions.erase_user.places import objects
from functions.erase_user.places.place import PAGE
from functions.erase_user.services import Context
from shared.database import reachable


async def remove_reports(user: str, context: Context) -> int:
    reports = context.services.database.reports
    async with reachable():
        page = await reports.find({"owner": user}, {"key": 1}).limit(PAGE).to_list(PAGE)
    if not page:
        return 0
    await objects.delete(context.services.storage, [record["key"] for record in page])
    async with reachable():
        return (await reports.delete_many({"_id": {"$in": [record["_id"] for record in page]}})).deleted_count
