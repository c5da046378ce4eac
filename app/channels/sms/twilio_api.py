"""Twilio's REST API, for the one text that must go out again: an urgent one that did not arrive."""

import base64
from dataclasses import dataclass, field

import httpx2

from app.channels.sms import vendor_api
from app.channels.sms.gateway import Outcome


@dataclass(frozen=True)
class TwilioApi:
    account_sid: str
    auth_token: str
    receipts: str
    """The URL of the webhook, to which `reply_id` is added."""
    api_url: str = "https://api.twilio.com"
    client: httpx2.AsyncClient = field(default_factory=vendor_api.client)

    @property
    def _credentials(self) -> str:
        return base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()

    async def send(self, sender: str, recipient: str, text: str, reply_id: str) -> Outcome:
        return await vendor_api.post(
            self.client,
            f"{self.api_url}/2010-04-01/Accounts/{self.account_sid}/Messages.json",
            data={"From": sender, "To": recipient, "Body": text, "StatusCallback": f"{self.receipts}{reply_id}"},
            headers={"authorization": f"Basic {self._credentials}"},
        )
