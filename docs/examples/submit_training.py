#!/usr/bin/env python3
"""Sample application: submits a training for each name to fal's queue and writes its row to the table avatars (start_training.sql).

    python3 submit_training.py Ada Grace

Prints the avatar's id and fal's request id, one line per training. Needs Python 3.9 and psql, no packages. Environment:

    FAL_QUEUE_URL    https://queue.fal.run, by default the local queue: avatar-monitor fal-emulator
    FAL_KEY          key of the fal account
    PGHOST, PGUSER…  the database, as for every program of PostgreSQL
    IMAGES_URL       archive of the images to train with
    EVERY_SECONDS    start over after this many seconds, to watch workers at work; by default the program ends
"""
import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.request

QUEUE = os.environ.get("FAL_QUEUE_URL", "http://127.0.0.1:8089").rstrip("/")
KEY = os.environ.get("FAL_KEY", "local:example")
IMAGES = os.environ.get("IMAGES_URL", "https://example.com/images.zip")
TRAINING_TYPE = "PORTRAIT"
TRAINER = "fal-ai/flux-lora-portrait-trainer"
INSERT = pathlib.Path(__file__).with_name("start_training.sql")
TIMEOUT_SECONDS = 30


def fal(method, path, body=None):
    request = urllib.request.Request(
        f"{QUEUE}/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Key {KEY}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
        return json.load(response)


def insert(name, request_id):
    psql = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
    values = ["-v", f"name={name}", "-v", f"training_type={TRAINING_TYPE}", "-v", f"request_id={request_id}"]
    done = subprocess.run(
        psql + values + ["-f", str(INSERT)], check=True, timeout=TIMEOUT_SECONDS, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def train(name):
    request_id = fal("POST", TRAINER, {"images_data_url": IMAGES})["request_id"]
    try:
        avatar_id = insert(name, request_id)
    except (OSError, subprocess.SubprocessError):
        # Without a row no program fetches the model, although the training is paid for.
        fal("PUT", f"{TRAINER}/requests/{request_id}/cancel")
        raise
    print(avatar_id, request_id, flush=True)


def main(names):
    every = os.environ.get("EVERY_SECONDS")
    while True:
        for name in names:
            train(name)
        if every is None:
            return
        time.sleep(float(every))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
