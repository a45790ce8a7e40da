from prometheus_client.metrics import MetricWrapperBase

from bot.metrics import Metrics
from tests.unit.project.checkout import table


def test_the_table_says_what_the_metrics_say():
    metrics = Metrics()
    labels = {
        metric._name: ", ".join(f"`{label}`" for label in metric._labelnames)
        for metric in vars(metrics).values()
        if isinstance(metric, MetricWrapperBase)
    }
    expected = [
        [f"`{each.name}{'_total' if each.type == 'counter' else ''}`", labels[each.name], each.documentation]
        for each in metrics.registry.collect()
    ]
    assert table("docs/monitoring.md", "Metrics") == expected
