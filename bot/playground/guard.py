"""Access to the servers of the playground: for programs on this machine and for its own page."""

from collections.abc import Awaitable, Callable

from aiohttp import web

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
ELSEWHERE = {"cross-site", "same-site"}  # Sec-Fetch-Site of requests that a page of another origin makes
FORBIDDEN = "Only programs on this machine and a page of this playground may ask for that, at 127.0.0.1 or localhost."

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests that name another host, and requests that a page of another origin makes.

    Any web page can make a browser on this machine send requests here, and any host name can resolve to 127.0.0.1.
    Links from other pages are allowed. A client that disconnects in the middle of its request is not an error.
    """
    if not _is_welcome(request):
        return web.json_response({"error": FORBIDDEN}, status=403)
    try:
        return await handler(request)
    except ConnectionError:
        return web.Response(status=400)


def _is_welcome(request: web.Request) -> bool:
    name, origin = request.host.partition(":")[0], request.headers.get("Origin")
    embedded = request.headers.get("Sec-Fetch-Mode") != "navigate"
    elsewhere = embedded and request.headers.get("Sec-Fetch-Site") in ELSEWHERE
    return name in NAMES and not elsewhere and origin in {None, f"http://{request.host}"}
