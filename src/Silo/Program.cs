using Microsoft.Extensions.Options;
using SmallBatch.Silo;
using SmallBatch.Silo.Backups;
using SmallBatch.Silo.Operators;
using SmallBatch.Silo.Settings;
using SmallBatch.Silo.Storage;
using SmallBatch.Silo.Telemetry;
using SmallBatch.Training.Processes;
using SmallBatch.Web;

if (args is ["--help" or "-h", ..])
{
    Console.WriteLine("""
        The SmallBatch silo: one program for all roles. With devices it trains, without it only controls.

        Settings are given as --Section:Key=value, or by the environment as SMALLBATCH_Section__Key:
          Storage:ConnectionString      Azure Storage or Azurite (a secret: use the environment)
          Storage:AccountName           an account reached with the managed identity instead
          Cluster:ClusterId, Cluster:ServiceId            default smallbatch
          Endpoints:Address, SiloPort, GatewayPort, HttpPort, SiloName; HttpPort serves the page, /api/v1, /health/live, /health/ready and /metrics
          Tls:Folder                    folder with tls.crt, tls.key and ca.crt: TLS between silos and from consoles, both sides by certificate; a
                                        silo's is for the DNS name smallbatch-silo. Read again at each connection; default none
          Access:ViewerToken, SubmitterToken, OperatorToken   who may look at the page and the API, submit, drain (secrets: use the environment);
                                        without any, everybody on this machine where the address is its own, else nobody
          Access:Oidc:Authority, Audience, RoleClaim      tokens of an OpenID Connect provider beside those
          Trainer:DataRoot              folder of the datasets
          Trainer:CpuSlots              -1: one a core where there is no GPU; 0: none
          Trainer:LibTorch              folder of another libtorch for the trainers: one for CUDA, say
          Trainer:InstructionSet        best, avx2 or avx512: what the bits of a CPU depend on; default best
          Trainer:WorkRoot, Trainer:Niceness, Trainer:Program, Trainer:SilenceLimit, Trainer:DrainLimit
          Trainer:OrphanLimit           a host that reaches no pool for so long stops its trainers; default 00:30:00
          Pool:Teams:NAME:Quota, Limit, Weight            how teams share the slots: those that a team can count on (default 0), those that it holds at
                                        most (default all), its share of the rest against other teams' (default 1); the same on every silo
          Pool:AgeAfter                 a sweep without a slot gains a step of priority each time it has waited so long; default 01:00:00
          Pool:ReserveAfter             a device is kept free for a configuration that has waited so long for one of its own; default 00:01:00
          Log:Form                      text, or json: one object a line, with sweep, configuration, attempt and token; default text
          Simulation:Duration           1s, 2ms/update or 0.5s..2s: trainers that train nothing and make their results up, to try the rest of the
                                        system; default none, for real ones. Simulation:Diverging, Simulation:Failing: shares, 0 to 1
          Dashboard:On                  true: the Orleans Dashboard at /orleans, for operators; the same on every silo; default false
          Webhooks:Receivers:NAME:Url, Secret, Form       who is told that a sweep finished, failed or needs attention; the same on every silo (secrets: use the environment)
          Collector:SpareFor, Collector:Period            how long checkpoints outlive what refers to them, default 00:01:00, and how often
                                        a sweep that is over looks for such, default 00:00:15

        Traces go to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names, none without it.

        SmallBatch.Silo store backup FOLDER and store restore FOLDER copy the store named by Storage and Cluster:ServiceId into a folder and back,
        as 'smallbatch store' does (docs/operations.md).

        Example:
          SMALLBATCH_Storage__ConnectionString='UseDevelopmentStorage=true' SmallBatch.Silo --Trainer:DataRoot=/data
        """);
    return 0;
}

if (args is ["store", ..])
{
    if (args is not [_, "backup" or "restore", { Length: > 0 } folder, ..])
    {
        Console.Error.WriteLine($"store: found '{string.Join(' ', args[1..])}', wanted 'backup FOLDER' or 'restore FOLDER'.");
        return 2;
    }

    var named = new ConfigurationBuilder().AddEnvironmentVariables("SMALLBATCH_").AddCommandLine(args[3..]).Build();
    FollowParent(named);
    return await StoreVerbs.RunAsync(args[1], folder, named, CancellationToken.None);
}

var builder = WebApplication.CreateBuilder(args);
builder.Configuration.AddEnvironmentVariables("SMALLBATCH_");
builder.Configuration.AddCommandLine(args);
builder.AddLogs();
FollowParent(builder.Configuration);
builder.AddSettings();
var endpoints = new EndpointSettings();
builder.Configuration.GetSection("Endpoints").Bind(endpoints);
// Elsewhere than on its own machine a silo listens on every address, as its gateway does: a port that is forwarded to a pod arrives at the pod's loopback.
builder.WebHost.UseUrls($"http://{(endpoints.IsLocal ? endpoints.Address : "*")}:{endpoints.HttpPort}");
try
{
    var storage = new StorageSettings();
    builder.Configuration.GetSection("Storage").Bind(storage);
    var tls = new TlsSettings();
    builder.Configuration.GetSection("Tls").Bind(tls);
    var errors = storage.Validate(new(storage)).Concat(endpoints.Validate(new(endpoints))).Concat(tls.Validate(new(tls))).Select(e => e.ErrorMessage!).ToList();
    if (errors.Count > 0)
    {
        throw new OptionsValidationException("", typeof(StorageSettings), errors);
    }

    builder.AddCluster();
    builder.AddMachine();
    builder.Services.AddSmallBatchWeb(endpoints.IsLocal);
    builder.AddMetricsExport();
    builder.AddTracesExport();
    await using var app = builder.Build();
    app.MapHealth();
    app.MapMetrics();
    var dashboard = builder.Configuration.GetSection("Dashboard").Get<DashboardSettings>()?.On == true;
    app.MapSmallBatchWeb(dashboard);
    if (dashboard)
    {
        app.MapOperatorsDashboard();
    }

    await app.RunAsync();
    return Environment.ExitCode;
}
catch (OptionsValidationException invalid)
{
    invalid.Failures.ToList().ForEach(Console.Error.WriteLine);
    return 2;
}
catch (StoreFormatException unusable)
{
    Console.Error.WriteLine(unusable.Message);
    return 2;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("The silo was asked to stop before it had started.");
    return 1;
}
catch (Exception failure) when (failure is IOException or Orleans.Runtime.OrleansException or InvalidOperationException)
{
    Console.Error.WriteLine($"The silo ended: {failure.Message}");
    return 1;
}

// By the main thread: to Linux it is a matter of the thread, and that one ends last.
static void FollowParent(IConfiguration configuration)
{
    if (configuration.GetSection("Parent").Get<ParentSettings>()?.ProcessId is { } parent)
    {
        ParentDeath.Follow(parent);
    }
}
