"""A client of the API on one connection, with its own address."""

import http.client
import json
import random
import socket


class Client:
    """Without a `token`, requests are anonymous."""

    def __init__(self, port, token=None, address=None):
        self.port, self.token = port, token
        self.address = address or f"198.18.{random.randrange(256)}.{random.randrange(1, 255)}"
        self.connection = None

    def headers(self):
        headers = {"X-Forwarded-For": self.address, "Host": f"127.0.0.1:{self.port}"}
        return headers | ({"Authorization": f"Bearer {self.token}"} if self.token else {})

    def request(self, method, path, body=None, kind="application/json"):
        """Returns status and body. A connection that the server has closed is reopened once."""
        headers = self.headers()
        if body is not None:
            headers["Content-Type"] = kind
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        for attempt in (1, 2):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                self.connection = None
                if attempt == 2:
                    raise

    def json(self, method, path, body=None, kind="application/json"):
        """Returns the body of an answer that must be successful."""
        status, text = self.request(method, path, body, kind)
        if status >= 300:
            raise SystemExit(f"{method} {path}: {status} {text[:300]}")
        return json.loads(text) if text else None

    def upload(self, content, name):
        return self.request("POST", f"/imports?name={name}", content, "application/octet-stream")

    def open(self, path, method="GET", more="", receive=None):
        """Sends a request and does not read the answer."""
        stream = socket.socket()
        if receive:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        stream.connect(("127.0.0.1", self.port))
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers().items())
        stream.sendall(f"{method} {path} HTTP/1.1\r\n{head}{more}\r\n".encode())
        return stream
