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
    private const string Azure = "azure-storage";
    private const string Scaling = "autoscaling";
    private const string Identity = "workload-identity";

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
        new(nameof(ReferencesAgree), "a certificate that nobody is asked for", r => Ingress(r).Spec.Tls[0].SecretName = "other", Azure),
        new(nameof(PortsAgree), "the page open to everybody", r => Policy(r, "page").Spec.Ingress[0].FromProperty = null, Azure),
        new(nameof(PageIsReached), "a host without a certificate", r => Ingress(r).Spec.Rules[0].Host = "other.example.com", Azure),
        new(nameof(PageIsReached), "no certificate", r => Ingress(r).Spec.Tls = null, Azure),
        new(nameof(PageIsReached), "a Service that is not there", r => Backend(r).Name = "smallbatch-silo", Azure),
        new(nameof(PageIsReached), "a Service of something else", r => (Backend(r).Name, Backend(r).Port.Name) = ("smallbatch-gateway", "http"), Azure),
        new(nameof(PageIsReached), "a part of the page", r => Ingress(r).Spec.Rules[0].Http.Paths[0].Path = "/page", Azure),
        new(nameof(PageIsReached), "nobody let in", r => Policy(r, "page").Metadata.Name = "smallbatch-other", Azure),
        new(nameof(PageIsReached), "no tokens", r => Control(r).Silo.Env = [.. Control(r).Silo.Env.Where(e => e.Name != "SMALLBATCH_Access__OperatorToken")], Azure),
        new(nameof(PageIsReached), "a token that must be there", r => Variable(r, "SMALLBATCH_Access__ViewerToken").ValueFrom.SecretKeyRef.Optional = null, Azure),
        new(nameof(ScalesByTheQueue), "a StatefulSet that is not there", r => Scaled(r).Spec.ScaleTargetRef.Name = "smallbatch", Scaling),
        new(nameof(ScalesByTheQueue), "a number of pods that each apply sets back", r => r.Of<V1StatefulSet>().First().Spec.Replicas = 1, Scaling),
        new(nameof(ScalesByTheQueue), "a class with no host left", r => Scaled(r).Spec.MinReplicaCount = 0, Scaling),
        new(nameof(ScalesByTheQueue), "no bound", r => Scaled(r).Spec.MaxReplicaCount = null, Scaling),
        new(nameof(ScalesByTheQueue), "pods that go in a lull", r => Scaled(r).Spec.Advanced!.HorizontalPodAutoscalerConfig!.Behavior!.ScaleDown.StabilizationWindowSeconds = 60, Scaling),
        new(nameof(ScalesByTheQueue), "nothing said of how pods go", r => Scaled(r).Spec.Advanced = null, Scaling),
        new(nameof(ScalesByTheQueue), "another trigger", r => Scaled(r).Spec.Triggers[0].Type = "cpu", Scaling),
        new(nameof(ScalesByTheQueue), "a misspelt field of the trigger", r => Scaled(r).Spec.Triggers[0].Metadata.Add("treshold", "1"), Scaling),
        new(nameof(ScalesByTheQueue), "none wanted where nobody knows", r => Scaled(r).Spec.Triggers[0].Metadata["ignoreNullValues"] = "true", Scaling),
        new(nameof(ScalesByTheQueue), "other slots than a pod has", r => Scaled(r).Spec.Triggers[0].Metadata["threshold"] = "2", Scaling),
        new(nameof(ScalesByTheQueue), "another metric", r => Scaled(r).Spec.Triggers[0].Metadata["query"] = "sum(max by (class) (smallbatch_slots{class=~\"nvidia-h100-80gb-hbm3-driver.*\"}))", Scaling),
        new(nameof(ScalesByTheQueue), "another's class", r => Scaled(r).Spec.Triggers[0].Metadata["query"] = "sum(max by (class) (smallbatch_slots_wanted{class=~\"nvidia-a10-driver.*\"}))", Scaling),
        new(nameof(ScalesByTheQueue), "a class that another is scaled by too", r => Scaled(r).Spec.Triggers[0].Metadata["query"] = "sum(max by (class) (smallbatch_slots_wanted{class=~\"nvidia-h100-.*\"}))", Scaling),
        new(nameof(BackupsAreKept), "a folder that another backup has", r => Backup(r).Args[2] = "/backup/latest", Azure),
        new(nameof(BackupsAreKept), "a folder that goes with the pod", r => Backup(r).Args[2] = "/tmp/$(POD_NAME)", Azure),
        new(nameof(BackupsAreKept), "a folder that cannot be written", r => Backup(r).VolumeMounts.Single(m => m.Name == "backup").ReadOnlyProperty = true, Azure),
        new(nameof(BackupsAreKept), "no name of the pod", r => Backup(r).Env.Single(e => e.Name == "POD_NAME").Name = "NAME", Azure),
        new(nameof(BackupsAreKept), "no store", r => Backup(r).Env = [.. Backup(r).Env.Where(e => e.Name == "POD_NAME")], Azure),
        new(nameof(BackupsAreKept), "another service", r => Backup(r).Env.Add(new() { Name = "SMALLBATCH_Cluster__ServiceId", Value = "other" }), Azure),
        new(nameof(BackupsAreKept), "nobody's identity", r => r.Workloads.Single(w => w.Name == "CronJob smallbatch-backup").Template.Metadata.Labels.Remove("azure.workload.identity/use"), Identity),
        new(nameof(CertificatesAgree), "nothing mounted", r => Control(r).Pod.Volumes.Single(v => v.Name == "tls").Secret = null, Identity),
        new(nameof(CertificatesAgree), "one silo without", r => Control(r).Silo.Env = [.. Control(r).Silo.Env.Where(e => e.Name != "SMALLBATCH_Tls__Folder")], Identity),
        new(nameof(CertificatesAgree), "another name", r => Issued(r, "silo").Spec.DnsNames = ["smallbatch"], Identity),
        new(nameof(CertificatesAgree), "a console by the silos' name", r => Issued(r, "console").Spec.DnsNames = ["smallbatch-silo"], Identity),
        new(nameof(CertificatesAgree), "a silo that may not call", r => Issued(r, "silo").Spec.Usages = ["server auth"], Identity),
        new(nameof(CertificatesAgree), "no time to renew", r => Issued(r, "console").Spec.RenewBefore = "1h", Identity),
        new(nameof(CertificatesAgree), "an issuer that is not there", r => Issued(r, "silo").Spec.IssuerRef.Name = "other", Identity),
        new(nameof(CertificatesAgree), "an authority that is none", r => Issued(r, "authority").Spec.IsCA = null, Identity),
        new(nameof(ReferencesAgree), "a Secret that nobody makes", r => Control(r).Pod.Volumes.Single(v => v.Name == "tls").Secret.SecretName = "other", Identity),
        new(nameof(VerbsAgree), "a verb of the silo that is not there", r => Backup(r).Args[1] = "copy", Azure),
        new(nameof(VerbsAgree), "a verb that is not there", r => Job(r).Pod.InitContainers[0].Args[1] = "download"),
        new(nameof(VerbsAgree), "an option that is not there", r => Job(r).Pod.Containers[0].Args.Add("--quick")),
    ];

    private static Workload Control(Rendering rendering) => rendering.Workloads.Single(w => w.Name == "Deployment smallbatch-control");

    private static Workload Job(Rendering rendering) => rendering.Workloads.Single(w => w.Name == "Job smallbatch-cifar10");

    private static V1Ingress Ingress(Rendering rendering) => rendering.Of<V1Ingress>().Single();

    private static V1IngressServiceBackend Backend(Rendering rendering) => Ingress(rendering).Spec.Rules[0].Http.Paths[0].Backend.Service;

    private static V1Container Backup(Rendering rendering) => rendering.Workloads.Single(w => w.Name == "CronJob smallbatch-backup").Pod.Containers.Single();

    private static Certificate Issued(Rendering rendering, string name) => rendering.Of<Certificate>().Single(c => c.Name() == $"smallbatch-{name}");

    private static ScaledObject Scaled(Rendering rendering) => rendering.Of<ScaledObject>().First();

    private static V1Service Gateway(Rendering rendering) => rendering.Of<V1Service>().Single(s => s.Name() == "smallbatch-gateway");

    private static V1NetworkPolicy Policy(Rendering rendering, string name) => rendering.Of<V1NetworkPolicy>().Single(p => p.Name() == $"smallbatch-{name}");

    private static IDictionary<string, string> Settings(Rendering rendering) => rendering.Of<V1ConfigMap>().Single().Data;

    private static V1EnvVar Variable(Rendering rendering, string name) => Control(rendering).Silo.Env.Single(e => e.Name == name);
}
