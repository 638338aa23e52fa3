"""A mail server on loopback that accepts mails, records when and how it answered, and misbehaves on demand.

Like a real server, it answers every command in order, however late and whether or not the client still waits: it
accepts every mail that it has received completely."""

import asyncio
import random
import threading
import time

# The stages at which it can misbehave, in the order of a dialogue.
STAGES = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot")
USUAL = {"greeting": "220 sink ESMTP", "EHLO": "250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8", "MAIL": "250 2.1.0 ok",
         "RCPT": "250 2.1.5 ok", "DATA": "354 go on", "dot": "250 2.0.0 taken"}
CUT = "the end of the connection"


class Late(float):
    """The delay of the usual answer, in seconds."""


class Sink:
    """The mail server, on its own thread. Use as a context manager."""

    def __init__(self):
        self.data_at = {}  # Message-ID → when DATA arrived, for each copy
        self.taken = {}  # Message-ID → how many copies were answered with 250
        self.recipients = {}  # Message-ID → recipient
        # Stage → (probability, fault: an answer, Late(seconds) or CUT). Each is drawn only if those before it did not occur.
        self.trouble = {}
        self.refused = lambda recipient: False  # recipients that do not exist: 550 5.1.1
        self.writers = set()

    def __enter__(self):
        started = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), daemon=True)
        self.thread.start()
        started.wait()
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.done.set)
        self.thread.join()

    def received(self):
        return sum(len(copies) for copies in list(self.data_at.values()))

    async def _serve(self, started):
        self.loop, self.done = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._converse, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await self.done.wait()
        server.close()
        for writer in list(self.writers):
            writer.close()

    async def _converse(self, reader, writer):
        self.writers.add(writer)
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has disconnected, or the sink is being stopped
        finally:
            self.writers.discard(writer)
            writer.close()

    async def _answer(self, stage):
        """Returns the answer at `stage`, after its delay."""
        for share, happens in self.trouble.get(stage, ()):
            if random.random() >= share:
                continue
            if happens is CUT:
                raise ConnectionError
            if isinstance(happens, Late):
                await asyncio.sleep(happens)
                break
            return happens
        return USUAL[stage]

    async def _talk(self, reader, writer):
        said = await self._answer("greeting")
        while True:
            writer.write(said.encode() + b"\r\n")
            if said.startswith(("421", "221")) or not (line := await reader.readline()):
                return
            verb = line[:4].upper()
            if verb in (b"EHLO", b"HELO"):
                said = await self._answer("EHLO")
            elif verb == b"MAIL":
                said = await self._answer("MAIL")
            elif verb == b"RCPT":
                recipient = line.decode().split("<", 1)[1].split(">", 1)[0]
                said = "550 5.1.1 no such mailbox" if self.refused(recipient) else await self._answer("RCPT")
            elif verb == b"DATA":
                at, said = time.time(), await self._answer("DATA")
                if said.startswith("354"):
                    writer.write(said.encode() + b"\r\n")
                    said = await self._take(await reader.readuntil(b"\r\n.\r\n"), recipient, at)
            else:
                said = "221 bye" if verb == b"QUIT" else "250 ok"

    async def _take(self, mail, recipient, at):
        head = mail.lower()
        start = head.index(b"message-id: <") + len(b"message-id: <")
        message_id = head[start:head.index(b"@", start)].decode()
        self.data_at.setdefault(message_id, []).append(at)
        self.recipients[message_id] = recipient
        said = await self._answer("dot")
        if said.startswith("250"):
            self.taken[message_id] = self.taken.get(message_id, 0) + 1
        return said


async def _feed(port, mails, connections):
    """Delivers mails as quickly as the sink accepts them, over persistent connections."""
    numbers = iter(range(mails))

    async def client():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await reader.readline()
        writer.write(b"EHLO feeder\r\n")
        while not (await reader.readline()).startswith(b"250 "):
            pass
        for number in numbers:
            body = b"Message-ID: <limit-%d@feeder>\r\n\r\n%s\r\n.\r\n" % (number, b"x" * 70 * 40)
            for command in (b"MAIL FROM:<a@feeder>\r\n", b"RCPT TO:<b@feeder>\r\n", b"DATA\r\n", body):
                writer.write(command)
                await reader.readline()
        writer.close()

    await asyncio.gather(*(client() for _ in range(connections)))


def feed(port, mails, connections):
    """Returns the seconds that plain clients need to deliver `mails` mails: the limit of this sink on this machine."""
    before = time.monotonic()
    asyncio.run(_feed(port, mails, connections))
    return time.monotonic() - before
