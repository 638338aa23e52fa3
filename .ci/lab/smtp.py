"""A mail server on port 2525 that keeps every message, one after the other, in /root/mails."""

import time

from aiosmtpd.controller import Controller


class Keep:
    async def handle_DATA(self, server, session, envelope):
        with open("/root/mails", "ab") as mails:
            mails.write(envelope.content)
        return "250 OK"


Controller(Keep(), hostname="0.0.0.0", port=2525).start()
while True:
    time.sleep(3600)
