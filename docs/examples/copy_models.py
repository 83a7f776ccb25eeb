#!/usr/bin/env python3
"""Downloads the files of trained models, because fal deletes them after some days, some even within an hour.

Receives the callbacks of avatar-monitor (docs/alerts.md). A callback is stored in an inbox before it is answered, so none is lost
when this program stops. A thread downloads the files and retries until they are complete. Files are stored atomically in
MODELS/AVATAR/REQUEST/COLUMN.SUFFIX. Needs Python 3.9, no packages.

    CALLBACK_SECRET=... python3 copy_models.py 127.0.0.1:8090 /var/lib/models
"""
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["CALLBACK_SECRET"].encode()
RETRY_SECONDS = float(os.environ.get("RETRY_SECONDS", "60"))
LARGEST_CALLBACK = 1 << 20
LARGEST_FILE = 4 << 30
GONE = (403, 404, 410)
work = threading.Event()


def from_avatar_monitor(headers, body):
    timestamp = headers.get("X-Avatar-Monitor-Timestamp", "")
    expected = "sha256=" + hmac.new(SECRET, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    given = headers.get("X-Avatar-Monitor-Signature", "")
    return hmac.compare_digest(expected.encode(), given.encode()) and abs(time.time() - int(timestamp)) < 300


class Callbacks(BaseHTTPRequestHandler):
    inbox = pathlib.Path()

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or -1)
        if not 0 <= length <= LARGEST_CALLBACK:
            return self.answer(413)
        body = self.rfile.read(length)
        if not from_avatar_monitor(self.headers, body):
            return self.answer(401)
        message = json.loads(body)
        if message["type"] == "completed":
            # The request id, not the message id: a training is copied once, however many callbacks arrive for it.
            save(self.inbox / (message["fal_request_id"] + ".json"), body)
            work.set()
        self.answer(204)

    def answer(self, code):
        self.send_response(code)
        self.send_header("Content-Length", "0")
        self.end_headers()


def save(path, content):
    """The whole file or none, also when the machine loses its power."""
    part = path.with_name(f"{path.name}.{threading.get_ident()}.part")
    with part.open("wb") as file:
        size = 0
        for chunk in [content] if isinstance(content, bytes) else iter(lambda: content.read(1 << 20), b""):
            size += len(chunk)
            if size > LARGEST_FILE:
                raise OSError(f"{path.name} is larger than {LARGEST_FILE} bytes")
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    length = None if isinstance(content, bytes) else content.headers.get("Content-Length")
    if length is not None and size != int(length):
        raise OSError(f"{path.name} broke off after {size} of {length} bytes")
    part.replace(path)


def copy(message, models):
    directory = models / message["avatar_id"] / message["fal_request_id"]
    directory.mkdir(parents=True, exist_ok=True)
    for column, value in message["model"].items():
        address = urllib.parse.urlsplit(value)
        if address.scheme not in ("https", "http"):
            continue  # an id, not a file
        target = directory / (column + pathlib.PurePosixPath(address.path).suffix)
        if not target.exists():
            with urllib.request.urlopen(value, timeout=60) as file:
                save(target, file)


def copy_all(inbox, models):
    while True:
        work.clear()
        for path in sorted(inbox.glob("*.json")):
            try:
                copy(json.loads(path.read_bytes()), models)
                path.unlink()
                print(f"copied {path.stem}", flush=True)
            except urllib.error.HTTPError as refused:
                print(f"{path.stem}: HTTP {refused.code}", flush=True)
                if refused.code in GONE:
                    path.rename(path.with_suffix(".gone"))  # a person must look at it
            except (OSError, http.client.HTTPException) as failed:
                print(f"{path.stem}: {failed}", flush=True)  # tried again
        work.wait(RETRY_SECONDS)


def main(address, directory):
    models = pathlib.Path(directory)
    Callbacks.inbox = models / "inbox"
    Callbacks.inbox.mkdir(parents=True, exist_ok=True)
    threading.Thread(target=copy_all, args=(Callbacks.inbox, models), daemon=True).start()
    host, port = address.rsplit(":", 1)
    server = ThreadingHTTPServer((host, int(port)), Callbacks)
    print(f"listening on port {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
