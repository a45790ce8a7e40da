from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from bot import kinds
from bot.config import Settings, SettingsError, load_settings

TOKEN = "123456789:AAEsecret-part_of_the_token"
KEY = "key-that-nobody-may-see"
DATABASE = "must look like sqlite:///data/verbatim.db or postgresql://user:password@host:5432/name"


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    """An empty folder, and an environment with the two secrets and no other setting."""
    monkeypatch.chdir(tmp_path)
    for each in fields(Settings):
        monkeypatch.delenv(each.name.upper(), raising=False)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("AIMLAPI_KEY", KEY)
    return monkeypatch


def wrong(environment, **values) -> list[str]:
    """Load these settings, which are refused, and return the lines of the refusal."""
    for name, value in values.items():
        environment.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert KEY not in str(refused.value)
    assert "secret-part" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert str(refused.value) == "; ".join(refused.value.lines)
    return refused.value.lines


def test_the_two_secrets_are_enough():
    settings = load_settings()
    assert settings.telegram_bot_token == TOKEN
    assert settings.aimlapi_key == KEY
    assert settings.telegram_api_url == "https://api.telegram.org"
    assert settings.aimlapi_url == "https://api.aimlapi.com/v1"
    assert settings.database_path == Path("data/verbatim.db")
    assert settings.default_model == "#g1_nova-2-general"
    assert settings.default_language == "auto"
    assert settings.allowed_chats == frozenset()
    assert settings.max_file_bytes == 20 * 1024 * 1024
    assert settings.http_port is None
    assert (settings.log_level, settings.log_format) == ("INFO", "console")
    assert (settings.links, settings.link_minutes) == ("on", 30)


@pytest.mark.parametrize(
    ("name", "given", "read"),
    [
        ("TELEGRAM_API_URL", "http://127.0.0.1:8081/", "http://127.0.0.1:8081"),
        ("AIMLAPI_URL", "https://example.org/v2//", "https://example.org/v2"),
        ("DATABASE_URL", "sqlite:////var/lib/jobs.db", "sqlite:////var/lib/jobs.db"),
        ("DATABASE_URL", "postgres://host/name", "postgres://host/name"),
        ("DATABASE_URL", "postgresql://one:5432,two:5433/name", "postgresql://one:5432,two:5433/name"),
        ("DEFAULT_MODEL", "#g1_whisper-large", "#g1_whisper-large"),
        ("DEFAULT_LANGUAGE", "pt-BR", "pt-BR"),
        ("ALLOWED_CHATS", "1, -1001234567890 ,3", frozenset({1, -1001234567890, 3})),
        ("ALLOWED_CHATS", "7", frozenset({7})),
        ("ALLOWED_CHATS", "", frozenset()),
        ("MAX_AUDIO_MINUTES", "0.5", 0.5),
        ("MAX_FILE_MB", "2000", 2000),
        ("MAX_UPLOAD_MB", "25", 25),
        ("SPLIT_MINUTES", "1", 1),
        ("TRANSCRIPT_TTL_HOURS", "0", 0),
        ("NOVA_CONCURRENCY", "1", 1),
        ("WHISPER_CONCURRENCY", "9", 9),
        ("LOOKS_PER_SECOND", "2.5", 2.5),
        ("LOG_LEVEL", "warning", "WARNING"),
        ("LOG_FORMAT", "JSON", "json"),
        ("HTTP_PORT", "0", 0),
        ("HTTP_PORT", "", None),
        ("METRICS_PORT", "9090", 9090),
        ("WEBHOOK_SECRET", " a-B_9 ", "a-B_9"),
        ("WEBHOOK_SECRET", "s" * 256, "s" * 256),
        ("HTTP_HOST", "0.0.0.0", "0.0.0.0"),
    ],
)
def test_each_setting_is_read_from_the_environment(environment, name, given, read):
    environment.setenv(name, given)
    assert getattr(load_settings(), name.lower()) == read


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("TELEGRAM_API_URL", "api.telegram.org"),
        ("TELEGRAM_API_URL", "https://"),
        ("AIMLAPI_URL", "ftp://example.org"),
        ("AIMLAPI_URL", "http://["),
        ("DATABASE_URL", "mysql://localhost/verbatim"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite:////"),
        ("DEFAULT_LANGUAGE", "e"),
        ("DEFAULT_LANGUAGE", "en_US"),
        ("ALLOWED_CHATS", "1, @alice, bob"),
        ("MAX_AUDIO_MINUTES", "0"),
        ("MAX_AUDIO_MINUTES", "inf"),
        ("MAX_FILE_MB", "-1"),
        ("MAX_FILE_MB", "inf"),
        ("MAX_FILE_MB", "nan"),
        ("MAX_UPLOAD_MB", "0"),
        ("SPLIT_MINUTES", "0.5"),
        ("TRANSCRIPT_TTL_HOURS", "-1"),
        ("NOVA_CONCURRENCY", "0"),
        ("WHISPER_CONCURRENCY", "many"),
        ("LOOKS_PER_SECOND", "0"),
        ("LOOKS_PER_SECOND", "-40"),
        ("LOOKS_PER_SECOND", "nan"),
        ("LOOKS_PER_SECOND", "inf"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FORMAT", "xml"),
        ("HTTP_PORT", "65536"),
        ("METRICS_PORT", "-1"),
        ("WEBHOOK_SECRET", "s" * 257),
        ("WEBHOOK_SECRET", "secret-part+"),
        ("WEBHOOK_SECRET", "secret-part é"),
        ("WEBHOOK_SECRET", " "),
        ("WEBHOOK_URL", "http://bot.example.org/telegram"),
        ("WEBHOOK_URL", "bot.example.org/telegram"),
        ("WEBHOOK_URL", "https:///telegram"),
        ("WEBHOOK_URL", "https://bot.example.org:65536/"),
        ("WEBHOOK_URL", "https://bot.example.org/ telegram"),
        ("WEBHOOK_URL", "https://bot.example.org/{telegram}"),
        ("WEBHOOK_URL", "https://bot.example.org/telegram%"),
        ("WEBHOOK_URL", "https://bot.example.org/telegram?secret-part"),
        ("WEBHOOK_URL", "https://bot.example.org/telegram#secret-part"),
        ("WEBHOOK_URL", "https://me:secret-part@bot.example.org/telegram"),
        ("WEBHOOK_URL", f"https://bot.example.org/{TOKEN}"),
        ("WEBHOOK_URL", f"https://bot.example.org/bot{TOKEN.replace(':', '%3A')}/update"),
        ("WEBHOOK_URL", f"https://bot.example.org/{TOKEN.partition(':')[2]}"),
        ("WEBHOOK_URL", "https://bot.example.org/987654321:AAF0another-secret-part_of_a_token"),
        ("WEBHOOK_URL", "https://bot.example.org/healthz"),
        ("WEBHOOK_URL", "https://bot.example.org/metrics"),
    ],
)
def test_a_wrong_setting_is_one_line_that_begins_with_its_name(environment, name, given):
    if name != "HTTP_PORT":
        environment.setenv("HTTP_PORT", "8080")
    (line,) = wrong(environment, **{name: given})
    assert line.startswith(f"{name} ")
    assert "\n" not in line
    assert "Value error" not in line


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("MAX_FILE_MB", "many", "must be a number"),
        ("MAX_FILE_MB", "-inf", "must be a number"),
        ("MAX_FILE_MB", "0", "must be more than 0"),
        ("SPLIT_MINUTES", "0.9", "must be at least 1"),
        ("MAX_FILE_MB", "1e308", "must be at most 1,000,000,000"),
        ("HTTP_PORT", "80.5", "must be a whole number"),
        ("HTTP_PORT", "1e3", "must be a whole number"),
        ("HTTP_PORT", "65536", "must be at most 65535"),
        ("ALLOWED_CHATS", "1, @alice", "must be ids of chats, which are whole numbers"),
        ("ALLOWED_CHATS", ", ,", "names no chat: leave it empty to let everybody in"),
        ("DEFAULT_LANGUAGE", "en_US", "must look like en or pt-BR, or be auto"),
        ("LINKS", "perhaps", "must be on or off"),
        ("LOG_LEVEL", "LOUD", "must be DEBUG, INFO, WARNING or ERROR"),
        ("AIMLAPI_URL", "example.org", "must start with http:// or https://"),
        ("AIMLAPI_URL", "http://[::1", "must look like https://example.org:8081/path"),
        ("TELEGRAM_API_URL", "http://example.org:65536", "must look like https://example.org:8081/path"),
        ("TELEGRAM_API_URL", "http://somebody:secret", "must look like https://example.org:8081/path"),
        ("DATABASE_URL", "verbatim.db", DATABASE),
        ("DATABASE_URL", "postgresql://user:secret@host:port/name", DATABASE),
        ("DATABASE_URL", "postgresql+asyncpg://user:secret@host/name", DATABASE),
    ],
)
def test_the_line_says_what_would_be_right(environment, name, given, said):
    assert wrong(environment, **{name: given}) == [f"{name} {said}"]


@pytest.mark.parametrize(("given", "read"), [(" 5 ", 5), ("+5", 5), ("5.0", 5), ("1_000", 1000), ("5\n", 5)])
def test_a_whole_number_may_be_written_in_several_ways(environment, given, read):
    environment.setenv("NOVA_CONCURRENCY", given)
    assert load_settings().nova_concurrency == read


def test_every_wrong_setting_has_a_line_in_the_order_of_the_settings(environment):
    lines = wrong(environment, HTTP_PORT="x", AIMLAPI_KEY="", LOG_LEVEL="x", DATABASE_URL="x")
    assert [line.split()[0] for line in lines] == ["AIMLAPI_KEY", "DATABASE_URL", "LOG_LEVEL", "HTTP_PORT"]


@pytest.mark.parametrize("name", ["TELEGRAM_BOT_TOKEN", "AIMLAPI_KEY"])
def test_a_missing_secret_is_named_with_both_ways_to_give_it(environment, name):
    environment.delenv(name)
    assert wrong(environment) == [f"{name} is not set (or {name}_FILE)"]


@pytest.mark.parametrize("name", ["TELEGRAM_BOT_TOKEN", "AIMLAPI_KEY"])
def test_an_empty_secret_is_a_missing_one(environment, name):
    assert wrong(environment, **{name: ""}) == [f"{name} is not set (or {name}_FILE)"]


@pytest.mark.parametrize("value", ["   ", "secret-part with space", "secret-part\nTwo: lines"])
@pytest.mark.parametrize("name", ["TELEGRAM_BOT_TOKEN", "AIMLAPI_KEY"])
def test_a_secret_with_white_space_inside_is_refused(environment, name, value):
    assert wrong(environment, **{name: value}) == [f"{name} is empty or has white space inside"]


def test_white_space_around_a_secret_is_taken_off(environment):
    environment.setenv("AIMLAPI_KEY", f"  {KEY}\n")
    environment.setenv("TELEGRAM_BOT_TOKEN", f"\t{TOKEN} ")
    settings = load_settings()
    assert settings.aimlapi_key == KEY
    assert settings.telegram_bot_token == TOKEN


@pytest.mark.parametrize(
    "token",
    [
        *("secret-part", "bot123:secret-part", "123:", ":secret-part", "123:secret-part?", "1:se"),
        *("123:секрет-secret-part", "١٢٣:secret-part", "123:secret-part\x1b", "9" * 21 + ":secret-part"),
    ],
)
def test_what_cannot_be_a_token_is_refused_without_repeating_it(environment, token):
    (line,) = wrong(environment, TELEGRAM_BOT_TOKEN=token)
    assert line == "TELEGRAM_BOT_TOKEN does not look like 123456789:AAE… as @BotFather gives it"


@pytest.mark.parametrize("key", ["k", "abc", "secret-part-ключ", "secret-part\x1b[31m", "secret-part\x7f", "x" * 4097])
def test_what_cannot_be_a_key_is_refused_without_repeating_it(environment, key):
    (line,) = wrong(environment, AIMLAPI_KEY=key)
    assert line == "AIMLAPI_KEY cannot be a key: it is too short, or has other characters than ASCII has"


@pytest.mark.parametrize("key", ["test", "test-key", "sk-proj_AbC.123+/=~!"])
def test_no_more_is_asked_of_a_key(environment, key):
    environment.setenv("AIMLAPI_KEY", key)
    assert load_settings().aimlapi_key == key


PROXY, OTHER = "http://127.0.0.1:3128", "https://proxy.example:8443"


def proxies(environment, **values) -> list[tuple[str, str] | None]:
    """Load these settings, and return the proxies to the two servers, each with the setting that names it."""
    for name, value in values.items():
        environment.setenv(name, value)
    settings = load_settings()
    found = (settings.proxy_of("telegram"), settings.proxy_of("aimlapi"))
    return [proxy and (proxy.address, proxy.setting) for proxy in found]


@pytest.mark.parametrize(
    ("given", "telegram", "aimlapi"),
    [
        ({}, None, None),
        ({"HTTPS_PROXY": PROXY}, "HTTPS_PROXY", "HTTPS_PROXY"),
        ({"https_proxy": PROXY}, "HTTPS_PROXY", "HTTPS_PROXY"),
        ({"HTTP_PROXY": PROXY}, None, None),
        ({"ALL_PROXY": PROXY}, "ALL_PROXY", "ALL_PROXY"),
        ({"HTTPS_PROXY": PROXY, "ALL_PROXY": "socks5://127.0.0.1:1080"}, "HTTPS_PROXY", "HTTPS_PROXY"),
        ({"HTTP_PROXY": PROXY, "TELEGRAM_API_URL": "http://127.0.0.1:8081"}, "HTTP_PROXY", None),
        ({"ALL_PROXY": PROXY, "NO_PROXY": "api.telegram.org"}, None, "ALL_PROXY"),
        ({"ALL_PROXY": PROXY, "no_proxy": "*"}, None, None),
        ({"ALL_PROXY": "socks5://127.0.0.1:1080", "NO_PROXY": "*"}, None, None),
        ({"TELEGRAM_PROXY": PROXY}, "TELEGRAM_PROXY", None),
        ({"AIMLAPI_PROXY": PROXY, "HTTPS_PROXY": PROXY, "NO_PROXY": "*"}, None, "AIMLAPI_PROXY"),
    ],
)
def test_each_server_has_its_proxy(environment, given, telegram, aimlapi):
    named = (telegram, aimlapi)
    assert proxies(environment, **given) == [name and (PROXY, name) for name in named]


@pytest.mark.parametrize("name", ["TELEGRAM_PROXY", "AIMLAPI_PROXY", "HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("socks5://user:secret-part@127.0.0.1:1080", "names a SOCKS proxy, which this bot does not speak"),
        ("socks5h://127.0.0.1:1080", "names a SOCKS proxy"),
        ("ftp://secret-part@proxy", "must look like http://host:3128"),
        ("http://", "must look like"),
        ("http://[", "must look like"),
        ("http://proxy:port", "must look like"),
        ("http://proxy:0", "must look like"),
        ("http://a%3Ab:secret-part@proxy:80", "must look like"),
        ("http://proxy:99999", "must look like"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_one_line(environment, name, given, said):
    (line,) = wrong(environment, **{name: given})
    assert line.startswith(f"{name} {said}")


@pytest.mark.parametrize(
    "url", ["postgresql://user:p%40ss-secret-part@host/name", "postgres://host/name?password=p%40ss-secret-part"]
)
def test_the_password_of_a_database_is_a_secret(url):
    settings = Settings(telegram_bot_token=TOKEN, aimlapi_key=KEY, database_url=url)
    assert "p@ss-secret-part" in settings.secrets
    assert "secret-part" not in repr(settings)


def test_the_password_of_a_proxy_is_a_secret():
    proxy = "http://user:p%40ss-secret-part@proxy:3128"
    settings = Settings(telegram_bot_token=TOKEN, aimlapi_key=KEY, all_proxy=proxy, telegram_proxy="http://[")
    assert settings.secrets == {TOKEN, KEY, "p%40ss-secret-part", "p@ss-secret-part"}
    proxy = settings.proxy_of("aimlapi")
    assert (proxy.user, proxy.password) == ("user", "p@ss-secret-part")
    assert "secret-part" not in repr(settings) + repr(proxy)


def test_a_secret_may_come_from_a_file(environment, tmp_path):
    environment.delenv("TELEGRAM_BOT_TOKEN")
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    environment.setenv("TELEGRAM_BOT_TOKEN_FILE", str(tmp_path / "token"))
    assert load_settings().telegram_bot_token == TOKEN


def test_a_secret_in_the_environment_comes_before_its_file(environment, tmp_path):
    (tmp_path / "key").write_text("another-key")
    environment.setenv("AIMLAPI_KEY_FILE", str(tmp_path / "key"))
    assert load_settings().aimlapi_key == KEY


def test_an_empty_variable_leaves_the_word_to_the_file(environment, tmp_path):
    (tmp_path / "key").write_text("another-key")
    environment.setenv("AIMLAPI_KEY", "")
    environment.setenv("AIMLAPI_KEY_FILE", str(tmp_path / "key"))
    assert load_settings().aimlapi_key == "another-key"


def test_a_file_that_is_not_there_is_one_line_about_the_file(environment, tmp_path):
    environment.delenv("AIMLAPI_KEY")
    (line,) = wrong(environment, AIMLAPI_KEY_FILE=str(tmp_path / "absent"))
    assert line == f"AIMLAPI_KEY_FILE names {tmp_path}/absent, which cannot be read"


def test_a_file_that_is_not_there_is_told_even_where_nobody_needs_it(environment, tmp_path):
    (line,) = wrong(environment, AIMLAPI_KEY_FILE=str(tmp_path))
    assert line == f"AIMLAPI_KEY_FILE names {tmp_path}, which cannot be read"


def test_a_file_that_is_no_text_is_refused(environment, tmp_path):
    environment.delenv("AIMLAPI_KEY")
    (tmp_path / "key").write_bytes(b"\xff\xfe\x00k")
    (line,) = wrong(environment, AIMLAPI_KEY_FILE=str(tmp_path / "key"))
    assert line.endswith("which cannot be read")


def test_an_empty_file_is_an_empty_secret(environment, tmp_path):
    environment.delenv("AIMLAPI_KEY")
    (tmp_path / "key").write_text("\n")
    assert wrong(environment, AIMLAPI_KEY_FILE=str(tmp_path / "key")) == [
        "AIMLAPI_KEY is empty or has white space inside"
    ]


def test_what_the_environment_does_not_say_is_read_from_the_env_file(environment, tmp_path):
    environment.delenv("AIMLAPI_KEY")
    (tmp_path / ".env").write_text('AIMLAPI_KEY="from the file"\nLOG_LEVEL=debug\nOTHER=ignored\n')
    assert wrong(environment) == ["AIMLAPI_KEY is empty or has white space inside"]
    (tmp_path / ".env").write_text("AIMLAPI_KEY=from-file\nLOG_LEVEL=debug\nOTHER=ignored\n")
    settings = load_settings()
    assert settings.aimlapi_key == "from-file"
    assert settings.log_level == "DEBUG"


def test_the_environment_comes_before_the_env_file(environment, tmp_path):
    (tmp_path / ".env").write_text("AIMLAPI_KEY=from-file\nMAX_FILE_MB=\n")
    settings = load_settings()
    assert settings.aimlapi_key == KEY
    assert settings.max_file_mb == 20


def test_an_env_file_that_is_no_text_is_one_line(environment, tmp_path):
    (tmp_path / ".env").write_bytes("AIMLAPI_KEY=x".encode("utf-16"))
    (line,) = wrong(environment)
    assert line.startswith(".env cannot be read")


def test_no_secret_is_in_what_settings_print():
    settings = load_settings()
    for printed in (repr(settings), str(settings)):
        assert KEY not in printed
        assert "secret-part" not in printed


def test_settings_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        load_settings().log_level = "DEBUG"


def test_every_setting_says_what_it_is_for():
    assert all(each.metadata["description"] for each in fields(Settings))


@pytest.mark.parametrize("value", ["off", "OFF", "Off"])
def test_links_are_switched_off_in_any_case(environment, value):
    environment.setenv("LINKS", value)
    assert load_settings().links == "off"


@pytest.mark.parametrize("values", [{"LINKS": "perhaps"}, {"LINK_MINUTES": "0"}, {"LINK_MINUTES": "-1"}])
def test_links_are_on_or_off_and_some_minutes_long(environment, values):
    (name,) = values
    assert wrong(environment, **values)[0].startswith(name)


WEBHOOK = "https://bot.example.org/telegram"


@pytest.mark.parametrize(
    "given", [WEBHOOK, "https://bot.example.org", "https://bot.example.org:8443/a/b%20c/", "https://bücher.example/x"]
)
def test_a_webhook_is_a_public_address_with_any_path(environment, given):
    environment.setenv("WEBHOOK_URL", given)
    environment.setenv("HTTP_PORT", "8080")
    assert load_settings().webhook_url == given


def test_a_webhook_needs_a_port_to_take_updates_on(environment):
    assert wrong(environment, WEBHOOK_URL=WEBHOOK) == [
        "HTTP_PORT is not set, and WEBHOOK_URL needs a port to take updates on"
    ]


def test_metrics_have_a_port_of_their_own_or_none(environment):
    refused = wrong(environment, HTTP_PORT="8080", METRICS_PORT="8080")
    assert refused == ["METRICS_PORT must be another port than HTTP_PORT"]
    environment.setenv("HTTP_PORT", "0")
    environment.setenv("METRICS_PORT", "0")
    assert load_settings().metrics_port == 0


def test_the_secret_of_a_webhook_is_the_same_wherever_the_token_is(environment):
    environment.setenv("WEBHOOK_URL", WEBHOOK)
    environment.setenv("HTTP_PORT", "8080")
    made = load_settings()
    assert made.secret_of_webhook == load_settings().secret_of_webhook
    assert kinds.webhook_secret(made.secret_of_webhook) == made.secret_of_webhook
    assert len(made.secret_of_webhook) == 64
    assert made.secret_of_webhook in made.secrets
    environment.setenv("TELEGRAM_BOT_TOKEN", f"{TOKEN}x")
    assert load_settings().secret_of_webhook != made.secret_of_webhook


def test_the_secret_of_a_webhook_may_be_in_a_file_and_is_in_no_repr(environment, tmp_path):
    (tmp_path / "secret").write_text("a-secret-of-mine\n")
    environment.setenv("WEBHOOK_URL", WEBHOOK)
    environment.setenv("HTTP_PORT", "8080")
    environment.setenv("WEBHOOK_SECRET_FILE", str(tmp_path / "secret"))
    settings = load_settings()
    assert settings.secret_of_webhook == "a-secret-of-mine"
    assert "a-secret-of-mine" in settings.secrets
    assert "a-secret-of-mine" not in repr(settings)
    environment.setenv("WEBHOOK_SECRET", "another")
    assert load_settings().secret_of_webhook == "another"
