"""A mail server on port 2525 that requires the password and appends every message to /root/mails."""

import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Keep:
    async def handle_DATA(self, server, session, envelope):
        with open("/root/mails", "ab") as mails:
            mails.write(envelope.content)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"log", b"seven swans"))


Controller(Keep(), hostname="0.0.0.0", port=2525, authenticator=authenticate, auth_required=True, auth_require_tls=False).start()
while True:
    time.sleep(3600)
