using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using SmallBatch.Grains;
using SmallBatch.K8s.Tests.Objects;
using SmallBatch.Silo.Telemetry;
using YamlDotNet.Serialization;

namespace SmallBatch.K8s.Tests;

/// <summary>What the silo exports, what docs/operations.md lists, and what alerts and dashboard ask for are the same metrics.</summary>
public sealed partial class MonitoringTests
{
    private static readonly string Operations = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));
    private static readonly Dictionary<string, string> Documented = Row().Matches(Operations).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value, StringComparer.Ordinal);

    [Fact]
    public void Every_metric_that_a_silo_exports_is_documented_and_no_other()
    {
        var rendering = Rendering.Read(Repository.Rendered("azurite"));
        SiloProgram.Wire(rendering, rendering.Silos.First().Silo).BeginMetrics();
        var exported = new HashSet<string>(MetricsExport.OfOrleans.Select(n => n.Replace('-', '_')), StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == MeterNames.SmallBatch)
            {
                exported.Add(NameOf(instrument));
            }
        };
        listener.Start();
        Assert.Equal(exported.Order(StringComparer.Ordinal), Documented.Keys.Select(k => k.StartsWith("orleans_", StringComparison.Ordinal) ? k.Replace("_total", "", StringComparison.Ordinal) : k).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Alerts_ask_for_metrics_and_labels_that_there_are()
    {
        Assert.True(Alerts().Count >= 10);
        Assert.Empty(Alerts().SelectMany(a => Complaints(a.Expression).Select(c => $"{a.Name}: {c}")));
    }

    [Fact]
    public void The_dashboard_asks_for_metrics_and_labels_that_there_are_and_shows_each_of_them()
    {
        var expressions = Dashboard();
        Assert.Empty(expressions.SelectMany(Complaints));
        var shown = expressions.SelectMany(e => Metric().Matches(e)).Select(m => Family(m.Value)).ToHashSet();
        Assert.Empty(Documented.Keys.Except(shown).Except(["orleans_gateway_connected_clients"]));
    }

    [Fact]
    public void Every_alert_has_a_line_that_says_what_to_do_and_every_line_an_alert()
    {
        Assert.Equal(Alerts().Select(a => a.Name).Order(StringComparer.Ordinal), AlertRow().Matches(Operations).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal));
        Assert.All(Alerts(), a => Assert.True(a is { Runbook: "docs/operations.md#alerts", Severity: "warning" or "critical", Summary.Length: > 10 }, a.Name));
    }

    [Theory]
    [InlineData("sum(smallbatch_slot)", "smallbatch_slot")]
    [InlineData("rate(smallbatch_recovery_seconds_total[5m])", "smallbatch_recovery_seconds_total")]
    [InlineData("smallbatch_slots{state=\"busy\"}", "state=busy")]
    [InlineData("smallbatch_queue{reason=~\"host|nobody\"}", "reason=nobody")]
    [InlineData("sum by (instance, hosts) (smallbatch_slots)", "hosts")]
    public void What_there_is_not_is_found(string expression, string found) => Assert.Contains(Complaints(expression), c => c.Contains(found, StringComparison.Ordinal));

    [Fact]
    public void What_is_mounted_by_Prometheus_and_Grafana_renders()
    {
        if (Kustomize.Missing() is { } reason)
        {
            Assert.Skip(reason);
        }

        Assert.Equal(["ConfigMap smallbatch-alerts", "ConfigMap smallbatch-dashboard"], Rendering.Read(Kustomize.Render("../monitoring")).Objects.Select(o => $"{o.Kind} {o.Metadata.Name}").Order());
    }

    /// <summary>As the exporter names it.</summary>
    private static string NameOf(Instrument instrument)
    {
        var unit = instrument.Unit switch { null => "", "s" => "_seconds", "By" => "_bytes", var other => throw new InvalidOperationException($"found unit {other} of {instrument.Name}, wanted s or By") };
        return $"{instrument.Name.Replace('.', '_')}{unit}{(instrument.GetType().Name.StartsWith("Counter", StringComparison.Ordinal) ? "_total" : "")}";
    }

    private static IEnumerable<string> Complaints(string expression)
    {
        var metrics = Metric().Matches(expression).Select(m => m.Value).ToList();
        var known = metrics.Where(m => Documented.ContainsKey(Family(m))).ToList();
        var labels = string.Join(' ', known.Select(m => Documented[Family(m)])) + " `le` `instance`";
        return metrics.Except(known).Select(m => $"found metric {m}, wanted one of docs/operations.md")
            .Concat(Selector().Matches(expression)
                .SelectMany(s => s.Groups[2].Value.Split('|').Select(value => (Label: s.Groups[1].Value, Value: value)))
                .Where(s => !Regex.IsMatch(labels, $@"`{s.Label}`: [a-z_, ]*\b{s.Value}\b"))
                .Select(s => $"found {s.Label}={s.Value}, wanted a value of docs/operations.md"))
            .Concat(Grouping().Matches(expression).SelectMany(g => g.Groups[1].Value.Split(", ")).Where(l => !labels.Contains($"`{l}`", StringComparison.Ordinal))
                .Select(l => $"found label {l}, wanted one of docs/operations.md"));
    }

    /// <summary>A histogram's parts belong to it.</summary>
    private static string Family(string metric) =>
        Regex.Replace(metric, "_(bucket|sum|count)$", "") is var family && family != metric && family.EndsWith('s') ? family : metric;

    private static List<string> Dashboard()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "k8s", "monitoring", "dashboard.json")));
        return [.. dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .SelectMany(p => p.TryGetProperty("targets", out var targets) ? targets.EnumerateArray().Select(t => t.GetProperty("expr").GetString()!).ToList() : [])];
    }

    private static List<(string Name, string Expression, string Severity, string Summary, string Runbook)> Alerts()
    {
        var file = new DeserializerBuilder().Build().Deserialize<Dictionary<string, List<Dictionary<string, object>>>>(File.ReadAllText(Path.Combine(Repository.Root, "k8s", "monitoring", "alerts.yaml")));
        return [.. ((List<object>)file["groups"].Single()["rules"]).Cast<Dictionary<object, object>>().Select(r => (
            (string)r["alert"], (string)r["expr"], (string)((Dictionary<object, object>)r["labels"])["severity"],
            (string)((Dictionary<object, object>)r["annotations"])["summary"], (string)((Dictionary<object, object>)r["annotations"])["runbook"]))];
    }

    [GeneratedRegex(@"^\| `((?:smallbatch|orleans)_[a-z_]+)` \|([^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\| `(SmallBatch[A-Za-z]+)` \|", RegexOptions.Multiline)]
    private static partial Regex AlertRow();

    [GeneratedRegex(@"\b(?:smallbatch|orleans)_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex("([a-z]+)=~?\"([^\"]+)\"")]
    private static partial Regex Selector();

    [GeneratedRegex(@"\bby \(([a-z, ]+)\)")]
    private static partial Regex Grouping();
}
