using System.CommandLine;
using SmallBatch.Client.Azurite;
using SmallBatch.Client.Cluster;
using SmallBatch.Client.Running;
using SmallBatch.Client.Views;
using SmallBatch.Tls;
using Spectre.Console;

namespace SmallBatch.Client.Commands;

/// <summary>The user gave something that cannot be used.</summary>
internal sealed class BadInputException(params IEnumerable<string> errors) : Exception(string.Join('\n', errors))
{
    /// <summary>Every error, a line each.</summary>
    public IReadOnlyList<string> Errors { get; } = [.. errors];
}

/// <summary>Something was asked for that is not there, or went wrong.</summary>
internal sealed class CommandFailedException(string message) : Exception(message);

/// <summary>What every command has: where to print, options that several share, and one way from failures to exit codes.</summary>
internal sealed class CommandContext(IAnsiConsole console, TextWriter errors, TimeProvider time)
{
    /// <summary>The local cluster's folder where none is named, below where the console is called.</summary>
    public const string DefaultState = ".smallbatch";

    private readonly Dictionary<Command, string> examples = [];

    /// <summary>Where results go.</summary>
    public IAnsiConsole Console { get; } = console;

    /// <summary>Time.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary><c>--gateway</c>.</summary>
    public Option<string?> Gateway { get; } = new("--gateway") { Description = "A silo's gateway, HOST:PORT; default: the cluster of --state, else 127.0.0.1:30000" };

    /// <summary><c>--cluster-id</c>.</summary>
    public Option<string> ClusterId { get; } = new("--cluster-id") { Description = "The cluster's id, with --gateway", DefaultValueFactory = _ => ClusterAddress.Default.ClusterId };

    /// <summary><c>--service-id</c>.</summary>
    public Option<string> ServiceId { get; } = new("--service-id") { Description = "The service's id, with --gateway", DefaultValueFactory = _ => ClusterAddress.Default.ServiceId };

    /// <summary><c>--tls</c>.</summary>
    public Option<string?> Tls { get; } = new("--tls")
    {
        Description = "Folder with tls.crt, tls.key and ca.crt, with --gateway: this console's certificate for a cluster with TLS; default: SMALLBATCH_Tls__Folder",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("SMALLBATCH_Tls__Folder") is { Length: > 0 } folder ? folder : null,
    };

    /// <summary><c>--state</c>.</summary>
    public Option<string> State { get; } = new("--state") { Description = "Folder of the local cluster", DefaultValueFactory = _ => DefaultState };

    /// <summary>How a cluster is named.</summary>
    public Option[] Reaching => [Gateway, ClusterId, ServiceId, Tls, State];

    /// <summary><c>-o</c>.</summary>
    public Option<OutputFormat> Format { get; } = CommandOptions.Choice<OutputFormat>("--output", "-o", "How to print it");

    /// <summary>A command that speaks to a running cluster.</summary>
    public Command OnCluster(string name, string description, Func<ParseResult, IGrainFactory, CancellationToken, Task<int>> action, params Symbol[] symbols)
    {
        var command = Plain(name, description, async (parsed, cancellationToken) =>
        {
            await using var cluster = await ClusterConnection.OpenAsync(Address(parsed), cancellationToken);
            if (await ClusterRelease.AskAsync(cluster.Grains, cancellationToken) is { } remark)
            {
                Error(remark);
            }

            return await action(parsed, cluster.Grains, cancellationToken);
        }, symbols);
        foreach (var option in Reaching)
        {
            command.Add(option);
        }

        return command;
    }

    /// <summary>A command of any kind; what follows a blank line in its description is its examples, which its own help alone shows.</summary>
    public Command Plain(string name, string description, Func<ParseResult, CancellationToken, Task<int>> action, params Symbol[] symbols)
    {
        var parts = description.Split("\n\n", 2);
        var command = new Command(name, parts[0]);
        if (parts.Length > 1)
        {
            examples[command] = parts[1];
        }

        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Option option:
                    command.Add(option);
                    break;
                case Argument argument:
                    command.Add(argument);
                    break;
                default:
                    throw new ArgumentException($"{symbol.Name} is neither option nor argument", nameof(symbols));
            }
        }

        command.SetAction((parsed, cancellationToken) => GuardAsync(() => action(parsed, cancellationToken)));
        return command;
    }

    /// <summary>A command's examples, a line each; null where it has none.</summary>
    public string? Examples(Command command) => examples.GetValueOrDefault(command);

    /// <summary>One line on standard error.</summary>
    public void Error(string line) => errors.WriteLine(line);

    private async Task<int> GuardAsync(Func<Task<int>> action)
    {
        try
        {
            return await action();
        }
        catch (BadInputException bad)
        {
            bad.Errors.ToList().ForEach(Error);
            return ExitCode.BadInput;
        }
        catch (Exception bad) when (bad is StateFolderException or SetupException or TlsFolderException or OtherReleaseException)
        {
            Error(bad.Message);
            return ExitCode.BadInput;
        }
        catch (ClusterUnreachableException unreachable)
        {
            Error(unreachable.Message);
            return ExitCode.Unreachable;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception failure) when (failure is TimeoutException or Orleans.Runtime.OrleansException)
        {
            Error($"The cluster did not answer: {failure.Message}");
            return ExitCode.Unreachable;
        }
        catch (Exception failure) when (failure is CommandFailedException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            Error(failure.Message);
            return ExitCode.Failed;
        }
    }

    /// <summary>The cluster that a command line names, else that of <c>--state</c>, else one on this machine.</summary>
    public ClusterAddress Address(ParseResult parsed) => parsed.GetValue(Gateway) is { } gateway
        ? ClusterAddress.IsGateway(gateway)
            ? new(gateway, parsed.GetValue(ClusterId)!, parsed.GetValue(ServiceId)!, parsed.GetValue(Tls))
            : throw new BadInputException($"--gateway: found {gateway}, wanted HOST:PORT, such as {ClusterAddress.Default.Gateway}")
        : ClusterAddress.Read(StateFolder.EndpointFile(parsed.GetValue(State)!)) ?? ClusterAddress.Default;
}
