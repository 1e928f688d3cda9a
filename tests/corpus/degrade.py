"""What scanners, fax machines and telephones do to a page."""

from __future__ import annotations

import io
import random
from typing import Any

import cv2
import numpy as np
import pypdfium2
from PIL import Image

Picture = np.ndarray[Any, np.dtype[np.uint8]]


def pictures_of(pdf: bytes, dpi: float) -> list[Picture]:
    """The pages as RGB pictures."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [np.array(page.render(scale=dpi / 72).to_pil().convert("RGB")) for page in document]
    finally:
        document.close()


def scanned(picture: Picture, dice: random.Random, *, skew: float = 1.2, noise: float = 5, grey: bool = True) -> Picture:
    """An office scanner: a little skew, grey paper, noise."""
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), dice.uniform(-skew, skew), 1)
    turned = cv2.warpAffine(picture, turn, (width, height), borderValue=(245, 245, 245))
    rough = turned.astype(np.float32) * dice.uniform(0.93, 1.0) + np.random.default_rng(dice.randrange(10**6)).normal(0, noise, turned.shape)
    result: Picture = np.clip(cv2.GaussianBlur(rough, (0, 0), dice.uniform(0.3, 0.8)), 0, 255).astype(np.uint8)
    return np.repeat(cv2.cvtColor(result, cv2.COLOR_RGB2GRAY)[:, :, None], 3, axis=2) if grey else result


def faxed(picture: Picture, dice: random.Random) -> Picture:
    """Black and white, as a fax or a bilevel scanner gives it."""
    grey = cv2.cvtColor(scanned(picture, dice, noise=8), cv2.COLOR_RGB2GRAY)
    return np.repeat(((grey > dice.randrange(140, 180)) * 255).astype(np.uint8)[:, :, None], 3, axis=2)


def photographed(picture: Picture, dice: random.Random) -> Picture:
    """A telephone over a desk: perspective, shadow, a dark border."""
    height, width = picture.shape[:2]
    margin = 0.06
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    shift = [[dice.uniform(margin / 2, margin) * width, dice.uniform(margin / 2, margin) * height] for _ in range(4)]
    signs = [(1, 1), (-1, 1), (-1, -1), (1, -1)]
    target = corners + np.array([[s[0] * d[0], s[1] * d[1]] for s, d in zip(signs, shift, strict=True)], np.float32)
    warped = cv2.warpPerspective(picture, cv2.getPerspectiveTransform(corners, target), (width, height), borderValue=(70, 60, 50)).astype(np.float32)
    shade = np.linspace(dice.uniform(0.6, 0.8), 1.0, width, dtype=np.float32)[None, :, None]
    rough = warped * (shade if dice.random() < 0.5 else shade[:, ::-1]) + np.random.default_rng(dice.randrange(10**6)).normal(0, 4, warped.shape)
    result: Picture = np.clip(rough, 0, 255).astype(np.uint8)
    return result


def as_pdf(pictures: list[Picture], dpi: float, *, quality: int = 75, bilevel: bool = False) -> bytes:
    """Pictures as a scanner's PDF."""
    pages = [Image.fromarray(picture).convert("1" if bilevel else "RGB") for picture in pictures]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=dpi, **({} if bilevel else {"quality": quality}))
    return out.getvalue()


def as_jpeg(picture: Picture, dpi: float, *, quality: int = 80) -> bytes:
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=quality, dpi=(dpi, dpi))
    return out.getvalue()
