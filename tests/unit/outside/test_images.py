"""From the bytes of an image file to the Picture that pages show."""

import struct
import subprocess
import sys
import zlib
from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pytest_httpserver import HTTPServer
from werkzeug import Response

from connector.outside.fetch import FetchFailed
from connector.outside.images import MOST_BYTES, HttpImages, ImageRefused, picture_of
from connector.outside.urls import DEVELOPMENT, PRODUCTION

RED, BLUE = (200, 20, 20), (20, 20, 200)


def file_of(image: Image.Image, kind: str = "PNG", **more) -> bytes:
    target = BytesIO()
    image.save(target, kind, **more)
    return target.getvalue()


def plain(width: int, height: int, colour=RED, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (width, height), colour)


def opened(webp: bytes) -> Image.Image:
    return Image.open(BytesIO(webp), formats=("WEBP",))


def near(pixel, wanted) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(pixel, wanted, strict=True))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_kind_becomes_webp_of_both_sizes(kind):
    picture = picture_of(file_of(plain(800, 800), kind))
    assert [opened(one).size for one in (picture.small, picture.wide)] == [(320, 180), (640, 360)]
    assert near(opened(picture.wide).getpixel((320, 180)), RED)


def test_the_middle_is_kept_and_the_sides_go():
    wide = plain(1600, 360, BLUE)
    wide.paste(RED, (480, 0, 1120, 360))  # the middle 640 of 1600
    shown = opened(picture_of(file_of(wide)).wide)
    assert near(shown.getpixel((4, 180)), RED)
    assert near(shown.getpixel((635, 180)), RED)


def test_a_photograph_stands_upright_and_says_nothing_of_where_it_was_taken():
    turned = plain(360, 640, BLUE)
    turned.paste(RED, (0, 0, 180, 640))  # its left half; upright it is the top half
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    exif[0x010E] = "the house of Ann"
    picture = picture_of(file_of(turned, "JPEG", exif=exif, quality=95))
    shown = opened(picture.wide)
    assert near(shown.getpixel((320, 20)), RED)
    assert near(shown.getpixel((320, 340)), BLUE)
    assert b"Ann" not in picture.wide + picture.small
    assert not shown.getexif()


def test_text_profile_and_what_stands_behind_the_image_do_not_go_along():
    notes = PngInfo()
    notes.add_text("Author", "ann@example.edu")
    content = file_of(plain(400, 300), pnginfo=notes, icc_profile=b"profile of Ann") + b"<script>ann</script>"
    picture = picture_of(content)
    assert b"ann" not in (picture.wide + picture.small).lower()
    assert set(opened(picture.wide).info) <= {"loop", "background", "timestamp", "duration"}


def test_what_is_transparent_becomes_white():
    clear = plain(400, 300, (0, 0, 0, 0), "RGBA")
    assert near(opened(picture_of(file_of(clear)).wide).getpixel((5, 5)), (255, 255, 255))


def test_of_an_animation_the_first_frame_is_shown():
    moving = file_of(plain(320, 180), "GIF", save_all=True, append_images=[plain(320, 180, BLUE)], duration=90)
    assert near(opened(picture_of(moving).small).getpixel((9, 9)), RED)


def test_the_same_bytes_give_the_same_picture():
    content = file_of(Image.effect_noise((700, 500), 60).convert("RGB"), "JPEG")
    assert picture_of(content) == picture_of(content)


def test_noise_is_made_coarser_until_it_is_small():
    noise = Image.merge("RGB", [Image.effect_noise((640, 360), 200) for _ in range(3)])
    assert 20_000 < len(picture_of(file_of(noise)).wide) <= MOST_BYTES


SVGS = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"/>',
    b'\xef\xbb\xbf\n<?xml version="1.0"?><svg/>',
    b"<!-- a drawing --><SVG/>",
)


@pytest.mark.parametrize("content", SVGS)
def test_an_svg_is_refused_and_told_so(content):
    with pytest.raises(ImageRefused, match="SVG"):
        picture_of(content)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no JPEG"),
        (b"<html><body>Log in</body></html>", "no JPEG"),
        (b"%PDF-1.7", "no JPEG"),
        (file_of(plain(400, 300), "TIFF"), "no JPEG"),
        (file_of(plain(400, 300), "BMP"), "no JPEG"),
        (file_of(Image.effect_noise((800, 600), 60), "PNG")[:9000], "broken"),
        (file_of(plain(1, 1)), "smaller than 160 by 90"),
        (file_of(plain(500, 60)), "smaller than 160 by 90"),
        (file_of(plain(120, 120)), "smaller than 160 by 90"),
    ],
)
def test_what_is_no_image_for_a_card_is_refused_with_the_reason(content, why):
    with pytest.raises(ImageRefused, match=why):
        picture_of(content)


def bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that says it is that large."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(5001, 5000), (10_000, 9_000), (60_000, 60_000)])
def test_a_small_file_of_very_many_pixels_is_refused_before_it_is_decoded(size):
    with pytest.raises(ImageRefused, match="over 25 million pixels"):
        picture_of(bomb(*size))


# --- over HTTP ----------------------------------------------------------------------------------------------------


def test_what_it_is_is_read_from_its_content_whatever_the_server_says(httpserver: HTTPServer):
    httpserver.expect_request("/a.txt").respond_with_data(file_of(plain(400, 300)), content_type="text/plain")
    assert opened(HttpImages(DEVELOPMENT).picture(httpserver.url_for("/a.txt")).small).size == (320, 180)


def test_a_page_that_calls_itself_an_image_is_refused(httpserver: HTTPServer):
    httpserver.expect_request("/a.png").respond_with_data("<html>Log in</html>", content_type="image/png")
    with pytest.raises(ImageRefused, match="no JPEG"):
        HttpImages(DEVELOPMENT).picture(httpserver.url_for("/a.png"))


def test_over_five_mebibytes_is_too_much(httpserver: HTTPServer):
    httpserver.expect_request("/a").respond_with_data(b"\x89PNG" + b"x" * 5 * 1024 * 1024)
    with pytest.raises(FetchFailed, match="over 5242880 bytes"):
        HttpImages(DEVELOPMENT).picture(httpserver.url_for("/a"))


def test_a_private_address_is_never_asked(httpserver: HTTPServer):
    with pytest.raises(FetchFailed, match="not on the public internet"):
        HttpImages(PRODUCTION).picture(httpserver.url_for("/a").replace("http://", "https://"))
    assert httpserver.log == []


def test_a_redirect_to_another_host_is_not_followed(httpserver: HTTPServer):
    elsewhere = httpserver.url_for("/b").replace("localhost", "127.0.0.1")
    httpserver.expect_request("/a").respond_with_response(Response(status=302, headers={"Location": elsewhere}))
    httpserver.expect_request("/b").respond_with_data(file_of(plain(400, 300)))
    with pytest.raises(FetchFailed, match="another host"):
        HttpImages(DEVELOPMENT).picture(httpserver.url_for("/a"))
    assert [request.path for request, _ in httpserver.log] == ["/a"]


def test_the_web_process_never_loads_the_library_of_images():
    seen = "import sys, connector.app; print(any(name.split('.')[0] == 'PIL' for name in sys.modules))"
    told = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.strip() == "False"
