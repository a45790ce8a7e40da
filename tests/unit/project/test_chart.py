"""The Helm chart: what is installed with some values, as Helm renders it and as Kubernetes and the bot read it."""

import json
from dataclasses import fields
from typing import Any

import aiohttp
import pytest

from bot import __version__
from bot.config import Settings, read_settings
from bot.http import health, rendered, serving
from bot.metrics import Metrics
from tests.unit.project.chart import Object, Values, render
from tests.unit.project.checkout import blocks, text
from tests.unit.project.image import argument

SECRETS: Values = {"telegramBotToken": "123456:a-token-of-a-bot", "aimlapiKey": "a-key-of-somebody"}
ADDRESS = "postgresql://verbatim:a-password@database.example/verbatim"
WEBHOOK = "https://bot.example.org/some/where"
MANY: Values = {
    "replicas": 3,
    "secrets": {"existing": "telling"},
    "postgres": {"existing": "database", "key": "uri"},
    "webhook": {"url": WEBHOOK},
}
EVERYTHING: Values = MANY | {
    "image": {"repository": "registry.example/verbatim", "digest": f"sha256:{'0' * 64}", "pullSecrets": ["pulling"]},
    "settings": {"MAX_FILE_MB": "50", "LOG_LEVEL": "DEBUG", "ALLOWED_CHATS": "-1001234567890"},
    "extraEnv": [{"name": "TELEGRAM_PROXY", "valueFrom": {"secretKeyRef": {"name": "proxy", "key": "address"}}}],
    "extraVolumes": [{"name": "files", "hostPath": {"path": "/files"}}],
    "extraVolumeMounts": [{"name": "files", "mountPath": "/files", "readOnly": True}],
    "ingress": {"enabled": True, "className": "nginx", "annotations": {"some": "thing"}, "tlsSecret": "certificate"},
    "service": {"annotations": {"some": "thing"}},
    "serviceMonitor": {"enabled": True, "labels": {"some": "thing"}},
    "networkPolicy": {"webhookFrom": [{"namespaceSelector": {}}], "metricsFrom": [{"namespaceSelector": {}}]},
    "serviceAccount": {"annotations": {"some": "thing"}},
    "nodeSelector": {"some": "thing"},
    "tolerations": [{"key": "some", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {}},
    "priorityClassName": "important",
    "podAnnotations": {"some": "thing"},
    "podLabels": {"some": "thing"},
}
CASES: dict[str, Values] = {
    "sqlite": {"secrets": SECRETS},
    "sqlite of mine": {"secrets": {"existing": "telling"}, "sqlite": {"existingClaim": "mine"}},
    "one on postgres": {"secrets": SECRETS, "postgres": {"url": ADDRESS}, "networkPolicy": {"enabled": False}},
    "another key": {"secrets": SECRETS | {"aimlapiKey": "another-key"}},
    "many": MANY,
    "everything": EVERYTHING,
    "many that ask": {name: value for name, value in MANY.items() if name != "webhook"},
    "few": MANY | {"podDisruptionBudget": {"enabled": False}, "serviceAccount": {"create": False}},
    "another name": {"secrets": SECRETS, "fullnameOverride": "another"},
}
REFUSED: dict[str, tuple[Values, str]] = {
    "many on sqlite": ({"secrets": SECRETS, "replicas": 2}, "more than one needs PostgreSQL"),
    "no token": ({}, "secrets.existing, or give secrets.telegramBotToken"),
    "no key": ({"secrets": {"telegramBotToken": "1:a"}}, "secrets.existing, or give secrets.aimlapiKey"),
    "another database": ({"secrets": SECRETS, "postgres": {"url": "mysql://a:a-password@b/c"}}, "postgresql://"),
    "ingress to nothing": ({"secrets": SECRETS, "ingress": {"enabled": True}}, "without webhook.url"),
    "webhook in the open": ({"secrets": SECRETS, "webhook": {"url": "http://bot.example.org/"}}, "/webhook/url"),
    "unknown value": ({"secrets": SECRETS, "replica": 2}, "'replica' not allowed"),
    "unknown setting": ({"secrets": SECRETS, "settings": {"ACES": "open"}}, "'ACES' not allowed"),
    "setting that the chart makes": ({"secrets": SECRETS, "settings": {"HTTP_PORT": "1"}}, "'HTTP_PORT' not allowed"),
    "number": ({"secrets": SECRETS, "settings": {"ALLOWED_CHATS": -1001234567890}}, "got number, want string"),
}
OLDEST_AND_NEWEST = ["1.27.0", "1.37.0"]
GIBIBYTE, MEBIBYTE = 1024**3, 1024**2
STOP_SECONDS = 8  # that a stop may take, as docs/running.md promises


def job() -> str:
    """The Job of the readme that moves a database."""
    (found,) = [block for block in blocks(text("deploy/helm/verbatim/README.md")) if "kind: Job" in block]
    return found


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    cases = CASES | {name: values for name, (values, _) in REFUSED.items()}
    return render(cases, [job()], OLDEST_AND_NEWEST)


@pytest.fixture(scope="module")
def installed(told) -> dict[str, dict[str, Object]]:
    """The objects of each case, by their kinds; none has two of a kind."""
    return {name: {each["kind"]: each for each in told["cases"][name]["objects"]} for name in CASES}


def pod(objects: dict[str, Object]) -> Object:
    found = objects["Deployment"]["spec"]["template"]["spec"]
    assert isinstance(found, dict)
    return found


def container(objects: dict[str, Object]) -> Object:
    (found,) = pod(objects)["containers"]
    assert isinstance(found, dict)
    return found


def environment(objects: dict[str, Object]) -> dict[str, str]:
    """What the bot finds in its environment, with what an operator's own Secrets may hold."""
    own = objects.get("Secret", {"metadata": {"name": ""}, "stringData": {}})
    kept = {(own["metadata"]["name"], name): value for name, value in own["stringData"].items()} | {
        ("telling", "TELEGRAM_BOT_TOKEN"): SECRETS["telegramBotToken"],
        ("telling", "AIMLAPI_KEY"): SECRETS["aimlapiKey"],
        ("database", "uri"): ADDRESS,
        ("proxy", "address"): "http://proxy.example:3128",
    }
    given = {}
    for each in container(objects)["env"]:
        assert each["name"] not in given
        if "value" in each:
            given[each["name"]] = each["value"]
            continue
        reference = each["valueFrom"]["secretKeyRef"]
        key = (reference["name"], reference["key"])
        if key in kept or not reference.get("optional"):
            given[each["name"]] = kept[key]
    return given


def size(quantity: str) -> int:
    return int(quantity[:-2]) * {"Gi": GIBIBYTE, "Mi": MEBIBYTE}[quantity[-2:]]


@pytest.mark.parametrize("case", CASES)
def test_helm_and_every_supported_kubernetes_take_what_is_rendered(told, case):
    assert told["cases"][case].get("refused") is None
    assert told["cases"][case]["wrong"] == []


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_work_is_refused_in_a_sentence_without_a_secret(told, case):
    _, sentence = REFUSED[case]
    assert sentence in told["cases"][case]["refused"]
    assert "a-password" not in told["cases"][case]["refused"]


@pytest.mark.parametrize(
    ("case", "kinds"),
    [
        ("sqlite", {"Secret", "PersistentVolumeClaim", "NetworkPolicy"}),
        ("sqlite of mine", {"NetworkPolicy"}),
        ("one on postgres", {"Secret"}),
        ("many", {"PodDisruptionBudget", "NetworkPolicy"}),
        ("everything", {"PodDisruptionBudget", "NetworkPolicy", "Ingress", "ServiceMonitor"}),
        ("few", {"NetworkPolicy"}),
    ],
)
def test_nothing_is_installed_that_is_not_needed(told, installed, case, kinds):
    always = {"Deployment", "Service"} | (set() if case == "few" else {"ServiceAccount"})
    assert set(installed[case]) == kinds | always
    assert len(told["cases"][case]["objects"]) == len(installed[case])


@pytest.mark.parametrize("case", CASES)
def test_everything_that_selects_finds_the_pods_of_this_release_alone(installed, case):
    objects = installed[case]
    labels = objects["Deployment"]["spec"]["template"]["metadata"]["labels"].items()
    selectors = [objects["Deployment"]["spec"]["selector"]["matchLabels"], objects["Service"]["spec"]["selector"]]
    if "PodDisruptionBudget" in objects:
        selectors.append(objects["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"])
    if "NetworkPolicy" in objects:
        selectors.append(objects["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"])
    spread = pod(objects).get("topologySpreadConstraints", [])
    selectors.extend(each["labelSelector"]["matchLabels"] for each in spread)
    for each in selectors:
        assert each.items() <= labels
        assert each["app.kubernetes.io/instance"] == "talk"
    if "ServiceMonitor" in objects:
        watched = objects["ServiceMonitor"]["spec"]["selector"]["matchLabels"].items()
        assert watched <= objects["Service"]["metadata"]["labels"].items()


@pytest.mark.parametrize("case", CASES)
def test_every_port_leads_to_one_that_the_bot_listens_on(installed, case):
    objects, settings = installed[case], environment(installed[case])
    ports = {each["name"]: each["containerPort"] for each in container(objects)["ports"]}
    assert ports.pop("metrics") == int(settings["METRICS_PORT"])
    assert ports == ({"webhook": int(settings["HTTP_PORT"])} if "WEBHOOK_URL" in settings else {})
    named = {"metrics", *ports}
    served = {each["name"]: each for each in objects["Service"]["spec"]["ports"]}
    assert set(served) == named == {each["targetPort"] for each in served.values()}
    if "NetworkPolicy" in objects:
        let_in = [port["port"] for rule in objects["NetworkPolicy"]["spec"]["ingress"] for port in rule["ports"]]
        assert set(let_in) == named
    if "ServiceMonitor" in objects:
        assert {each["port"] for each in objects["ServiceMonitor"]["spec"]["endpoints"]} == {"metrics"}


def test_the_internet_reaches_the_path_of_the_webhook_and_nothing_else(installed):
    spec = installed["everything"]["Ingress"]["spec"]
    (rule,) = spec["rules"]
    (path,) = rule["http"]["paths"]
    assert (f"https://{rule['host']}{path['path']}", path["pathType"]) == (WEBHOOK, "Exact")
    assert path["backend"]["service"] == {"name": "talk-verbatim", "port": {"name": "webhook"}}
    assert spec["tls"] == [{"hosts": [rule["host"]], "secretName": "certificate"}]


@pytest.mark.parametrize("case", CASES)
def test_the_bot_understands_its_environment(installed, case):
    given = environment(installed[case])
    given.pop("PYTHON_CPU_COUNT")  # which Python reads
    assert set(given) - {each.name.upper() for each in fields(Settings)} == set()
    settings = read_settings({name.lower(): value for name, value in given.items()})
    assert settings.telegram_bot_token == SECRETS["telegramBotToken"]
    assert settings.log_format == "json"


def test_settings_arrive_as_they_were_written(installed):
    given = environment(installed["everything"])
    assert given.items() >= EVERYTHING["settings"].items()
    assert given["WEBHOOK_URL"] == WEBHOOK
    assert given["DATABASE_URL"] == ADDRESS
    assert given["TELEGRAM_PROXY"] == "http://proxy.example:3128"
    assert environment(installed["another key"])["AIMLAPI_KEY"] == "another-key"


@pytest.mark.parametrize("case", CASES)
def test_secrets_stand_in_a_secret_and_nowhere_else(told, case):
    told_of = [told["cases"][case]["notes"], *told["cases"][case]["objects"]]
    elsewhere = json.dumps([each for each in told_of if "Secret" not in (isinstance(each, dict) and each["kind"], "")])
    for secret in (*SECRETS.values(), "a-password"):
        assert secret not in elsewhere


def test_another_secret_starts_the_bot_anew(installed):
    annotations = [
        installed[case]["Deployment"]["spec"]["template"]["metadata"]["annotations"]
        for case in ("sqlite", "another key")
    ]
    before, after = (each["checksum/secret"] for each in annotations)
    assert before != after
    assert "checksum/secret" not in installed["many"]["Deployment"]["spec"]["template"]["metadata"]["annotations"]


@pytest.mark.parametrize("case", ["sqlite", "sqlite of mine"])
def test_on_sqlite_the_old_process_ends_before_the_new_one_begins_and_the_data_stays(installed, case):
    objects = installed[case]
    assert objects["Deployment"]["spec"]["strategy"] == {"type": "Recreate"}
    assert objects["Deployment"]["spec"]["replicas"] == 1
    volumes = {each["name"]: each for each in pod(objects)["volumes"]}
    mounted = {each["mountPath"]: volumes[each["name"]] for each in container(objects)["volumeMounts"]}
    claim = mounted[argument("VOLUME")]["persistentVolumeClaim"]["claimName"]
    assert environment(objects)["DATABASE_URL"].startswith(f"sqlite:///{argument('VOLUME')}/")
    if case == "sqlite of mine":
        assert claim == "mine"
    else:
        assert claim == objects["PersistentVolumeClaim"]["metadata"]["name"]
        assert objects["PersistentVolumeClaim"]["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}


@pytest.mark.parametrize("case", ["one on postgres", "many"])
def test_on_postgres_a_new_replica_is_ready_before_an_old_one_ends(installed, case):
    strategy = installed[case]["Deployment"]["spec"]["strategy"]
    assert strategy == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    assert [each["name"] for each in pod(installed[case])["volumes"]] == ["tmp"]


@pytest.mark.parametrize("case", CASES)
def test_the_pod_may_do_nothing_that_the_bot_does_not_need(installed, case):
    spec, one = pod(installed[case]), container(installed[case])
    user, group = (int(each) for each in argument("USER").split(":"))
    of_pod = spec["securityContext"]
    assert (of_pod["runAsNonRoot"], of_pod["runAsUser"], of_pod["runAsGroup"]) == (True, user, group)
    assert of_pod["fsGroup"] == group
    assert of_pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert one["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert spec["automountServiceAccountToken"] is False
    assert spec["serviceAccountName"] == (
        "default" if case == "few" else installed[case]["ServiceAccount"]["metadata"]["name"]
    )


@pytest.mark.parametrize("case", CASES)
def test_a_stop_has_more_time_than_it_needs(installed, case):
    before = container(installed[case]).get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command")
    assert bool(before) is ("WEBHOOK_URL" in environment(installed[case]))
    waited = int(before[1]) if before else 0
    assert f"within {STOP_SECONDS} seconds" in text("docs/running.md")
    assert pod(installed[case])["terminationGracePeriodSeconds"] >= waited + 2 * STOP_SECONDS


@pytest.mark.parametrize("case", CASES)
def test_the_memory_is_enough_for_the_bot_its_recordings_and_every_ffmpeg(installed, case):
    one, spec = container(installed[case]), pod(installed[case])
    (room,) = [each["emptyDir"] for each in spec["volumes"] if each["name"] == "tmp"]
    runs = int(environment(installed[case])["PYTHON_CPU_COUNT"]) + 1
    assert room["medium"] == "Memory"
    assert size(one["resources"]["limits"]["memory"]) >= size(room["sizeLimit"]) + (runs + 1) * 150 * MEBIBYTE


async def asked(port: int, path: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status


@pytest.mark.parametrize(("age", "ready"), [(0.0, True), (1000.0, False)])
async def test_an_outage_takes_traffic_away_and_restarts_nothing(installed, age, ready):
    probes = {
        kind: container(installed["many"])[f"{kind}Probe"]["httpGet"] for kind in ("startup", "readiness", "liveness")
    }
    assert {each["port"] for each in probes.values()} == {"metrics"}
    async with serving("127.0.0.1", 0, [health(lambda: age), rendered(Metrics())]) as port:
        answers = {kind: await asked(port, probe["path"]) < 400 for kind, probe in probes.items()}
    assert answers == {"startup": ready, "readiness": ready, "liveness": True}


def test_the_chart_belongs_to_this_version_and_needs_no_other_chart(told, installed):
    metadata = told["metadata"]
    assert (metadata["version"], metadata["appVersion"]) == (__version__, __version__)
    assert metadata["kubeVersion"] == f">={OLDEST_AND_NEWEST[0]}-0"
    assert "dependencies" not in metadata
    assert container(installed["sqlite"])["image"] == f"verbatim:{__version__}"
    assert container(installed["everything"])["image"].startswith("registry.example/verbatim@sha256:")


def test_the_readme_says_which_helm_has_rendered_it(told):
    assert f"with Helm {told['helm'].removeprefix('v')}," in text("deploy/helm/verbatim/README.md")


def test_the_job_that_moves_a_database_has_the_volume_and_the_image_of_the_chart(told, installed):
    assert told["written"] == []
    claim = installed["sqlite"]["PersistentVolumeClaim"]["metadata"]["name"]
    assert f"claimName: {claim.removeprefix('talk-')}\n" in job()
    assert f"/verbatim:{__version__}\n" in job()
    assert f'"{environment(installed["sqlite"])["DATABASE_URL"]}"' in job()


def test_what_helm_says_at_the_end_is_true(told):
    notes = told["cases"]["many"]["notes"]
    assert "3 replicas on PostgreSQL" in notes
    assert f"{WEBHOOK}, which has to lead to port 8080 of the Service talk-verbatim" in notes
    assert "1 replica on SQLite" in told["cases"]["sqlite"]["notes"]
    assert "Telegram will send" not in told["cases"]["sqlite"]["notes"]
    assert "deployment/another " in told["cases"]["another name"]["notes"]
