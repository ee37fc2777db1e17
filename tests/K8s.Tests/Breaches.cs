using k8s.Models;
using SmallBatch.K8s.Tests.Objects;
using SmallBatch.K8s.Tests.Policies;

namespace SmallBatch.K8s.Tests;

/// <summary>One thing made wrong in a rendering.</summary>
/// <param name="Policy">The policy that must find it.</param>
/// <param name="Name">What is wrong.</param>
/// <param name="Commit">Makes it wrong.</param>
/// <param name="Overlay">Where.</param>
internal sealed record Breach(string Policy, string Name, Action<Rendering> Commit, string Overlay = "azurite");

/// <summary>For every policy what it must find.</summary>
internal static class Breaches
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Breach> All { get; } =
    [
        new(nameof(FixedTags), "latest", r => Control(r).Silo.Image = "registry.example/smallbatch-silo:latest"),
        new(nameof(FixedTags), "no tag", r => Control(r).Silo.Image = "registry.example/smallbatch-silo"),
        new(nameof(FixedTags), "no registry, in a container that runs first", r => Job(r).Pod.InitContainers[0].Image = "smallbatch-client:0.1.0"),
        new(nameof(Unprivileged), "root", r => Control(r).Pod.SecurityContext.RunAsUser = 0),
        new(nameof(Unprivileged), "root in one container", r => Control(r).Silo.SecurityContext.RunAsUser = 0),
        new(nameof(Unprivileged), "root allowed", r => Control(r).Pod.SecurityContext.RunAsNonRoot = null),
        new(nameof(Unprivileged), "a root file system that can be written", r => Control(r).Silo.SecurityContext.ReadOnlyRootFilesystem = null),
        new(nameof(Unprivileged), "a capability", r => Control(r).Silo.SecurityContext.Capabilities.Add = ["NET_ADMIN"]),
        new(nameof(Unprivileged), "nothing said", r => Job(r).Pod.InitContainers[0].SecurityContext = null),
        new(nameof(Unprivileged), "the host's network", r => Control(r).Pod.HostNetwork = true),
        new(nameof(Unprivileged), "the host's files", r => Control(r).Pod.Volumes[0].HostPath = new() { Path = "/" }),
        new(nameof(NoToken), "a pod's token", r => Control(r).Pod.AutomountServiceAccountToken = null),
        new(nameof(NoToken), "an account's token", r => r.Of<V1ServiceAccount>().Single().AutomountServiceAccountToken = null),
        new(nameof(NoToken), "a projected token", r => Control(r).Pod.Volumes[0].Projected = new()),
        new(nameof(NoToken), "service links", r => Control(r).Pod.EnableServiceLinks = null),
        new(nameof(MemoryAlone), "a limit of cores", r => Control(r).Silo.Resources.Limits["cpu"] = new("1")),
        new(nameof(MemoryAlone), "no request of cores", r => Control(r).Silo.Resources.Requests.Remove("cpu")),
        new(nameof(MemoryAlone), "a limit above the request", r => Control(r).Silo.Resources.Limits["memory"] = new("2Gi")),
        new(nameof(MemoryAlone), "nothing said of memory", r => (Control(r).Silo.Resources.Limits, Control(r).Silo.Resources.Requests) = (null, new Dictionary<string, ResourceQuantity> { ["cpu"] = new("1") })),
        new(nameof(LabelsAgree), "a selector of nothing", r => Control(r).Selector!.MatchLabels["app.kubernetes.io/component"] = "other"),
        new(nameof(LabelsAgree), "a selector of another's pods too", r => Control(r).Selector!.MatchLabels.Remove("app.kubernetes.io/component")),
        new(nameof(LabelsAgree), "a budget of nothing", r => r.Of<V1PodDisruptionBudget>().Single().Spec.Selector.MatchLabels["app.kubernetes.io/component"] = "other"),
        new(nameof(LabelsAgree), "a Service of nothing", r => Gateway(r).Spec.Selector["app.kubernetes.io/name"] = "other"),
        new(nameof(LabelsAgree), "a policy of nothing", r => Policy(r, "silo").Spec.PodSelector.MatchLabels["app.kubernetes.io/name"] = "other"),
        new(nameof(LabelsAgree), "spreading of nothing", r => Control(r).Pod.TopologySpreadConstraints[0].LabelSelector.MatchLabels["app.kubernetes.io/name"] = "other"),
        new(nameof(LabelsAgree), "a StatefulSet without its Service", r => r.Of<V1StatefulSet>().Single().Spec.ServiceName = "other"),
        new(nameof(PortsAgree), "another port in the settings", r => Settings(r)["SMALLBATCH_Endpoints__GatewayPort"] = "30001"),
        new(nameof(PortsAgree), "another port in the container", r => Control(r).Silo.Ports[0].ContainerPort = 11112),
        new(nameof(PortsAgree), "a Service to nowhere", r => Gateway(r).Spec.Ports[0].TargetPort = "console"),
        new(nameof(PortsAgree), "a Service of another port", r => Gateway(r).Spec.Ports[0].Port = 30001),
        new(nameof(PortsAgree), "the silos' port open to consoles", r => Policy(r, "silo").Spec.Ingress[1].Ports[0].Port = 11111),
        new(nameof(PortsAgree), "the silos' port open to everybody", r => Policy(r, "silo").Spec.Ingress[0].FromProperty = null),
        new(nameof(PortsAgree), "the gateway open to everybody", r => Policy(r, "silo").Spec.Ingress[1].FromProperty = null),
        new(nameof(PortsAgree), "every port open to consoles", r => Policy(r, "silo").Spec.Ingress[1].Ports = null),
        new(nameof(PortsAgree), "the silos' port open to the namespace", r => Policy(r, "silo").Spec.Ingress[0].FromProperty[0].PodSelector.MatchLabels = new Dictionary<string, string> { ["app.kubernetes.io/part-of"] = "smallbatch" }),
        new(nameof(PortsAgree), "Azurite open to everybody", r => Policy(r, "azurite").Spec.Ingress[0].FromProperty = null),
        new(nameof(PortsAgree), "the metrics open to everybody", r => Policy(r, "metrics").Spec.Ingress[0].FromProperty = null),
        new(nameof(PortsAgree), "the metrics open to every namespace", r => Policy(r, "metrics").Spec.Ingress[0].FromProperty[0].NamespaceSelector.MatchLabels = null),
        new(nameof(PortsAgree), "the metrics open to consoles", r => Policy(r, "metrics").Spec.Ingress[0].FromProperty = Policy(r, "silo").Spec.Ingress[1].FromProperty),
        new(nameof(PortsAgree), "the silos' port open to the scrape", r => Policy(r, "metrics").Spec.Ingress[0].Ports[0].Port = 11111),
        new(nameof(PortsAgree), "a scrape of another port", r => Control(r).Template.Metadata.Annotations["prometheus.io/port"] = "9090"),
        new(nameof(PortsAgree), "a scrape of a path that nobody serves", r => Control(r).Template.Metadata.Annotations["prometheus.io/path"] = "/prometheus"),
        new(nameof(PortsAgree), "no scrape", r => Control(r).Template.Metadata.Annotations = null),
        new(nameof(PortsAgree), "no policy for silos", r => r.Of<V1NetworkPolicy>().Where(p => p.Name() != "smallbatch-azurite").ToList().ForEach(p => p.Spec.PodSelector.MatchLabels["app.kubernetes.io/name"] = "other")),
        new(nameof(PortsAgree), "the loopback's address", r => (Variable(r, "SMALLBATCH_Endpoints__Address").ValueFrom, Variable(r, "SMALLBATCH_Endpoints__Address").Value) = (null, "127.0.0.1")),
        new(nameof(SettingsAgree), "a setting that no class has", r => Settings(r)["SMALLBATCH_Trainer__DrainLimits"] = "00:00:10"),
        new(nameof(SettingsAgree), "a section that no class reads", r => Settings(r)["SMALLBATCH_Trainers__DrainLimit"] = "00:00:10"),
        new(nameof(SettingsAgree), "a value of another kind", r => Variable(r, "SMALLBATCH_Trainer__CpuSlots").Value = "none"),
        new(nameof(SettingsAgree), "a value out of bounds", r => Variable(r, "SMALLBATCH_Trainer__CpuSlots").Value = "-2"),
        new(nameof(SettingsAgree), "a variable that is no setting", r => Settings(r)["TRAINER__CPUSLOTS"] = "0"),
        new(nameof(SettingsAgree), "a variable of OpenTelemetry that there is not", r => Settings(r)["OTEL_EXPORTER_ENDPOINT"] = "http://collector:4317"),
        new(nameof(StopsInTime), "a drain longer than the grace", r => Settings(r)["SMALLBATCH_Trainer__DrainLimit"] = "00:05:00"),
        new(nameof(StopsInTime), "a preStop as long as the grace", r => Control(r).Silo.Lifecycle.PreStop.Sleep.Seconds = 40),
        new(nameof(StopsInTime), "a preStop that wants a shell", r => Control(r).Silo.Lifecycle.PreStop = new() { Exec = new() { Command = ["sleep", "5"] } }),
        new(nameof(StopsInTime), "a spot node's notice with the usual drain", r => r.Of<V1StatefulSet>().First().Spec.Template.Spec.Containers[0].Env.Single(e => e.Name == "SMALLBATCH_Trainer__DrainLimit").Value = "00:01:00", "spot"),
        new(nameof(ProbesAgree), "a start shorter than a join", r => Control(r).Silo.StartupProbe.FailureThreshold = 60),
        new(nameof(ProbesAgree), "no probe of the start", r => Control(r).Silo.StartupProbe = null),
        new(nameof(ProbesAgree), "life that hangs on the store", r => Control(r).Silo.LivenessProbe.HttpGet.Path = "/health/ready"),
        new(nameof(ProbesAgree), "a path that nobody serves", r => Control(r).Silo.ReadinessProbe.HttpGet.Path = "/healthz"),
        new(nameof(ReferencesAgree), "a ConfigMap that is not there", r => r.Of<V1ConfigMap>().Single().Metadata.Name = "other"),
        new(nameof(ReferencesAgree), "a claim that is not there", r => r.Of<V1PersistentVolumeClaim>().Single(c => c.Name() == "smallbatch-data").Metadata.Name = "other"),
        new(nameof(ReferencesAgree), "an account that is not there", r => Control(r).Pod.ServiceAccountName = "default"),
        new(nameof(ReferencesAgree), "a volume that is not there", r => Control(r).Silo.VolumeMounts[0].Name = "other"),
        new(nameof(ReferencesAgree), "another namespace", r => Gateway(r).Metadata.NamespaceProperty = "default"),
        new(nameof(DataIsRead), "data that can be written", r => Control(r).Silo.VolumeMounts.Single(m => m.Name == "data").ReadOnlyProperty = null),
        new(nameof(DataIsRead), "data elsewhere", r => Settings(r)["SMALLBATCH_Trainer__DataRoot"] = "/datasets"),
        new(nameof(DataIsRead), "work on the root file system", r => Settings(r)["SMALLBATCH_Trainer__WorkRoot"] = "/var/scratch"),
        new(nameof(DataIsRead), "no bound of what is written", r => Control(r).Pod.Volumes.Single(v => v.Name == "work").EmptyDir.SizeLimit = null),
        new(nameof(VerbsAgree), "a verb that is not there", r => Job(r).Pod.InitContainers[0].Args[1] = "download"),
        new(nameof(VerbsAgree), "an option that is not there", r => Job(r).Pod.Containers[0].Args.Add("--quick")),
    ];

    private static Workload Control(Rendering rendering) => rendering.Workloads.Single(w => w.Name == "Deployment smallbatch-control");

    private static Workload Job(Rendering rendering) => rendering.Workloads.Single(w => w.Name == "Job smallbatch-cifar10");

    private static V1Service Gateway(Rendering rendering) => rendering.Of<V1Service>().Single(s => s.Name() == "smallbatch-gateway");

    private static V1NetworkPolicy Policy(Rendering rendering, string name) => rendering.Of<V1NetworkPolicy>().Single(p => p.Name() == $"smallbatch-{name}");

    private static IDictionary<string, string> Settings(Rendering rendering) => rendering.Of<V1ConfigMap>().Single().Data;

    private static V1EnvVar Variable(Rendering rendering, string name) => Control(rendering).Silo.Env.Single(e => e.Name == name);
}
