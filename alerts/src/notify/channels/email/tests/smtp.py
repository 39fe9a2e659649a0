"""A mail server for the tests: aiosmtpd over TLS. It fails by the recipient's name and tells each letter it took as a line of JSON.

Arguments: tls | starttls | plain, the file of its certificate, the file of its key.
"""

import asyncio
import json
import ssl
import sys
from email import message_from_bytes
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult

LOGIN = (b"otklik", "пароль".encode())
AT_RCPT = {"busy": "450 4.2.1 mailbox busy", "nobody": "550 5.1.1 no such user"}
AT_DATA = {"full": "452 4.3.1 no space left", "spam": "554 5.7.1 looks like spam"}


def tell(value):
    print(json.dumps(value, ensure_ascii=False), flush=True)


def letter(envelope):
    message = message_from_bytes(envelope.content, policy=default)
    files = [{"name": part.get_filename(), "type": part.get_content_type(), "text": part.get_content()} for part in message.iter_attachments()]
    return {
        "from": envelope.mail_from,
        "to": envelope.rcpt_tos,
        "sender": str(message["from"]),
        "subject": str(message["subject"]),
        "id": message["message-id"],
        "auto": message["auto-submitted"],
        "importance": message["importance"],
        "date": message["date"].datetime.timestamp(),
        "plain": message.get_body(("plain",)).get_content(),
        "html": message.get_body(("html",)).get_content(),
        "files": files,
        "ascii": envelope.content.isascii(),
        "longest": max(map(len, envelope.content.splitlines())),
    }


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        refused = AT_RCPT.get(address.split("@")[0])
        if refused:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name in AT_DATA:
            return AT_DATA[name]
        tell(letter(envelope))
        if name == "lost":
            server.transport.abort()
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == LOGIN, handled=False)


async def main(mode, certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    security = {
        "tls": {"auth_require_tls": False},
        "starttls": {"tls_context": context, "require_starttls": True},
        "plain": {"auth_require_tls": False},
    }[mode]
    login = {"authenticator": authenticate, "auth_required": mode != "plain"}
    protocol = lambda: SMTP(Handler(), hostname="localhost", **security, **login)
    wrapper = context if mode == "tls" else None
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=wrapper)
    tell(server.sockets[0].getsockname()[1])
    # The server ends with the test that started it, however that ends.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main(*sys.argv[1:]))
