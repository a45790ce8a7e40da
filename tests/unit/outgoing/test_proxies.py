import pytest

from bot.outgoing.proxies import is_direct, read_proxy


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http://127.0.0.1:3128", "http://127.0.0.1:3128"),
        ("http://Proxy.Example/", "http://proxy.example:80"),
        ("https://proxy.example", "https://proxy.example:443"),
        ("proxy.example:3128", "http://proxy.example:3128"),
        ("user:password@proxy.example:3128", "http://proxy.example:3128"),
        ("http://[::1]:3128", "http://[::1]:3128"),
    ],
)
def test_an_address_of_a_proxy_is_read_as_other_programs_read_it(text, address):
    assert read_proxy(text, "HTTP_PROXY").address == address


@pytest.mark.parametrize(
    ("address", "no_proxy", "direct"),
    [
        ("https://api.telegram.org", "", False),
        ("https://api.telegram.org", " , ", False),
        ("https://api.telegram.org", "*", True),
        ("https://api.telegram.org", "example.org, API.telegram.org", True),
        ("https://api.telegram.org", "telegram.org", True),
        ("https://api.telegram.org", ".telegram.org", True),
        ("https://api.telegram.org", "*.telegram.org", True),
        ("https://api.telegram.org", "gram.org", False),
        ("https://api.telegram.org", "api.telegram.org.example", False),
        ("https://api.telegram.org", "api.telegram.org:443", True),
        ("https://api.telegram.org", "api.telegram.org:80", False),
        ("http://127.0.0.1:8081", "127.0.0.1", True),
        ("http://127.0.0.1:8081", "127.0.0.1:8081", True),
        ("http://127.0.0.1:8081", "127.0.0.0/8", True),
        ("http://127.0.0.1:8081", "10.0.0.0/8", False),
        ("http://127.0.0.1:8081", "localhost", False),
        ("http://[::1]:8081", "::1", True),
        ("http://[::1]:8081", "[::1]:8081", True),
        ("http://[::1]:8081", "[::1]", True),
        ("http://localhost:8081", "localhost,127.0.0.1", True),
        ("nonsense", "nonsense", False),
    ],
)
def test_no_proxy_names_hosts_domains_networks_and_ports(address, no_proxy, direct):
    assert is_direct(address, no_proxy) is direct
