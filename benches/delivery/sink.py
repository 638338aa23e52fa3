"""A mail server on loopback that takes every mail, notes when, and makes trouble when told to."""

import asyncio
import random
import threading
import time


class Sink:
    """Runs on a thread of its own. Use as a context manager."""

    def __init__(self):
        self.data_at = {}  # Message-ID → when DATA was heard, for each copy
        self.recipients = {}  # Message-ID → recipient
        # Parts of all mails: put off by 451, cut off after the final dot, held up for two seconds.
        self.defer = self.cut = self.hang = 0.0
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
            pass  # a client that went, or the end of the sink
        finally:
            self.writers.discard(writer)
            writer.close()

    async def _talk(self, reader, writer):
        writer.write(b"220 sink ESMTP\r\n")
        recipient = ""
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(b"250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
            elif verb == b"RCPT":
                recipient = line.decode().split("<", 1)[1].split(">", 1)[0]
                writer.write(b"451 later\r\n" if random.random() < self.defer else b"250 ok\r\n")
            elif verb == b"DATA":
                at = time.time()
                writer.write(b"354 go on\r\n")
                mail = await reader.readuntil(b"\r\n.\r\n")
                head = mail.lower()
                start = head.index(b"message-id: <") + len(b"message-id: <")
                message_id = head[start:head.index(b"@", start)].decode()
                self.data_at.setdefault(message_id, []).append(at)
                self.recipients[message_id] = recipient
                if random.random() < self.cut:
                    return
                if random.random() < self.hang:
                    await asyncio.sleep(2)
                writer.write(b"250 taken\r\n")
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                return
            else:
                writer.write(b"250 ok\r\n")


async def _feed(port, mails, connections):
    """Hands over mails as quickly as the sink takes them, over connections that stay open."""
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
    """Seconds that plain clients need for so many mails: the limit of this sink on this machine."""
    before = time.monotonic()
    asyncio.run(_feed(port, mails, connections))
    return time.monotonic() - before
