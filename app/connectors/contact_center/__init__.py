"""Contact centres: the connector (contact-center.md §4-§6).

async with ContactCenter(ContactCenterSettings(...), sign_in) as center:
    statuses = await center.statuses(span, agent_ids)
"""

from app.connectors.contact_center.client import ContactCenter, retry_policy
from app.connectors.contact_center.refusals import BadParameter, NoData
from app.connectors.contact_center.settings import ContactCenterSettings

__all__ = ["BadParameter", "ContactCenter", "ContactCenterSettings", "NoData", "retry_policy"]
