"""A fake camera: a film of a QR code that Chromium plays as if it came from the lens."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import qrcode

WIDTH, HEIGHT, FRAMES = 640, 480, 10


def film(text: str, path: Path) -> Path:
    """Write a film (Y4M) of *text* as a QR code on a grey counter, a little noisy, and answer its path."""
    code = qrcode.QRCode(box_size=1, border=4)
    code.add_data(text)
    code.make(fit=True)
    modules = np.array(code.get_matrix(), dtype=bool)
    scale = 300 // modules.shape[0]
    picture = np.where(np.kron(modules, np.ones((scale, scale), dtype=bool)), 20, 235).astype(np.uint8)
    frame = np.full((HEIGHT, WIDTH), 120, dtype=np.uint8)
    top, left = (HEIGHT - picture.shape[0]) // 2, (WIDTH - picture.shape[1]) // 2
    frame[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    dice = np.random.default_rng(7)
    colour = np.full((HEIGHT // 2, WIDTH // 2), 128, dtype=np.uint8).tobytes()
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode())
        for _ in range(FRAMES):
            noisy = np.clip(frame.astype(np.int16) + dice.integers(-6, 7, frame.shape), 0, 255).astype(np.uint8)
            out.write(b"FRAME\n" + noisy.tobytes() + colour + colour)
    return path
