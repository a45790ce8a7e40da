"""Access to the servers of the playground: for programs on this machine, and for its own page where that has business.

Any web page can make a browser on this machine send requests here, and any host name can resolve to 127.0.0.1.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
READS = {"GET", "HEAD"}
FRAMES = {"iframe", "frame", "fencedframe", "embed", "object"}  # Sec-Fetch-Dest of what stands inside another page
NO_FRAMES = {"X-Frame-Options": "DENY", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
NOT_THE_PAGE = (
    "Only programs on this machine and a page of this playground may ask for that, at 127.0.0.1 or localhost."
)
NO_PROGRAM = (
    "Only programs on this machine may ask for that, at 127.0.0.1 or localhost. "
    "A request with an Origin or Sec-Fetch-* header comes from a browser."
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def page_guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let in programs and the page of this server, and links of other pages to this page."""
    if not (_names_us(request) and _is_of_our_page(request)):
        return web.json_response({"error": NOT_THE_PAGE}, status=403)
    return await _answer(request, handler)


@web.middleware
async def bot_guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let in programs only, as the servers for bots carry out whatever is asked for, even by GET."""
    if not _names_us(request) or _is_of_a_browser(request):
        return web.json_response({"error": NO_PROGRAM}, status=403, headers=NO_FRAMES)
    return await _answer(request, handler)


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a request. A client that disconnects in the middle of it is not an error."""
    try:
        return await handler(request)
    except ConnectionError:
        return web.Response(status=400)


def _names_us(request: web.Request) -> bool:
    return request.host.partition(":")[0] in NAMES


def _is_of_a_browser(request: web.Request) -> bool:
    return any(name == "origin" or name.startswith("sec-fetch-") for name in map(str.lower, request.headers))


def _is_of_our_page(request: web.Request) -> bool:
    """Tell whether a request comes from our page or from a program, or opens the page in a window of its own.

    A browser that tells neither an origin nor where it asks from is taken for a program.
    """
    asked = request.headers
    if asked.get("Origin") not in {None, f"http://{request.host}"} or asked.get("Sec-Fetch-Dest") in FRAMES:
        return False
    reads, navigates = request.method in READS, asked.get("Sec-Fetch-Mode") == "navigate"
    match asked.get("Sec-Fetch-Site"):
        case None | "same-origin":
            return reads or not navigates
        case "none":  # somebody typed the address, or opened a bookmark
            return reads
        case _:
            return reads and navigates and request.path == "/"
