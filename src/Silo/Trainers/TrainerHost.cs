using Microsoft.Extensions.Options;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.GpuHosts;
using SmallBatch.Grains.GpuPool;
using SmallBatch.Silo.Devices;
using SmallBatch.Silo.Settings;
using SmallBatch.Silo.Storage;

namespace SmallBatch.Silo.Trainers;

/// <summary>
/// Owns this silo's trainers. What runs on a device is true here and nowhere else: the pool is told by heartbeats, and a
/// grain's activation never touches a trainer.
/// </summary>
internal sealed partial class TrainerHost(
    ILocalSiloDetails silo,
    DeviceInventory inventory,
    ByteTests byteTests,
    DeviceWatch watch,
    EnergyMeter energy,
    ITrainerProgram program,
    CheckpointBlobs checkpoints,
    AttemptLogTable logs,
    IGrainFactory grains,
    IHostApplicationLifetime lifetime,
    IOptions<TrainerSettings> settings,
    TrainerMetrics metrics,
    TimeProvider time,
    ILogger<TrainerHost> logger) : BackgroundService, ITrainerHost
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, TrainerSlot> slots = new(StringComparer.Ordinal);
    private readonly List<TrainerAttempt> finishing = [];
    private readonly List<Task> telling = [];
    private readonly SemaphoreSlim changed = new(0);
    private Device[] devices = [];
    private readonly DeviceFailures failures = new();
    private long heartbeats;
    private long heardAt = time.GetTimestamp();
    private long answeredAt = time.GetTimestamp();
    private bool draining;

    /// <summary>What the start waits for; null once the devices are known and have passed their byte test.</summary>
    public string? WaitsFor { get; private set; } = "the silo is starting";

    /// <inheritdoc/>
    public StartReply Start(StartOrder order)
    {
        lock (gate)
        {
            if (draining || !slots.TryGetValue(order.Lease.Slot, out var slot))
            {
                return new(false, heartbeats, draining ? "the host is draining" : $"the host has no slot {order.Lease.Slot}");
            }

            switch (slot.Tokens.Judge(order.Lease.Token, slot.Current?.Order.Lease.Token))
            {
                case StartVerdict.Runs:
                    return new(true, heartbeats, null);
                case StartVerdict.Refused:
                    return new(false, heartbeats, $"the slot has seen token {slot.Tokens.Highest}, which is no lower");
                default:
                    break;
            }

            if (failures.WhyNot(slot.Device) is { } fault)
            {
                return new(false, heartbeats, fault);
            }

            slot.Tokens = slot.Tokens.Seen(order.Lease.Token);
            slot.Current?.Abandon();
            heardAt = time.GetTimestamp();
            var attempt = new TrainerAttempt(order, settings.Value, checkpoints, logs, grains, () => TrainsOn(slot), metrics, time, logger);
            slot.Current = attempt;
            slot.Busy = RunAsync(slot, attempt, slot.Busy);
            return new(true, heartbeats, null);
        }
    }

    /// <inheritdoc/>
    public void Stop(string slot, LeaseToken token)
    {
        lock (gate)
        {
            if (slots.TryGetValue(slot, out var found))
            {
                found.Tokens = found.Tokens.Seen(token);
            }
        }

        Stop(token);
    }

    /// <inheritdoc/>
    public Task<string?> LogAsync(LeaseToken token)
    {
        lock (gate)
        {
            return Task.FromResult(Attempts().FirstOrDefault(a => a.Order.Lease.Token == token)?.Log.ToString());
        }
    }

    /// <summary>Drains: no new leases, each trainer checkpoints at its next step and stops, and what it wrote is uploaded.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        Task[] busy;
        lock (gate)
        {
            draining = true;
            foreach (var slot in slots.Values)
            {
                slot.Current?.Stop(withCheckpoint: true);
            }

            busy = [.. slots.Values.Select(s => s.Busy)];
        }

        DrainBegins(busy.Count(b => !b.IsCompleted));
        changed.Release();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.Value.DrainLimit);
        try
        {
            await Task.WhenAll(busy).WaitAsync(limit.Token);
            Task[] told;
            lock (gate)
            {
                told = [.. telling];
            }

            await Task.WhenAll(told).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            DrainTimedOut(settings.Value.DrainLimit);
        }

        await base.StopAsync(cancellationToken);
        foreach (var slot in slots.Values)
        {
            slot.Trainer?.Dispose();
            slot.Trainer = null;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if ((settings.Value.CpuSlots != 0 || program.Exists) && !await FindDevicesAsync(stoppingToken))
        {
            return;
        }

        foreach (var (device, slot) in devices.SelectMany(d => d.Slots.Select(s => (d, s))))
        {
            slots[slot] = new(slot, device.Id);
        }

        metrics.Offers(devices, () => time.GetElapsedTime(Volatile.Read(ref answeredAt)).TotalSeconds);
        WaitsFor = null;
        DevicesFound(slots.Count, string.Join(", ", devices.Select(d => $"{d.Id} ({d.NumericsClass})")));
        while (slots.Count > 0 && !stoppingToken.IsCancellationRequested)
        {
            // A heartbeat may wait as long as any call; the orphan limit does not wait for it.
            var heartbeat = HeartbeatAsync();
            while (await Task.WhenAny(heartbeat, Task.Delay(settings.Value.HeartbeatPeriod, time, stoppingToken)) != heartbeat && !stoppingToken.IsCancellationRequested)
            {
                StopOrphans();
            }

            await heartbeat;
            StopOrphans();
            await changed.WaitAsync(settings.Value.HeartbeatPeriod, stoppingToken);
        }
    }

    /// <summary>A silo that should have devices and cannot find out is of no use: it ends and says why.</summary>
    private async Task<bool> FindDevicesAsync(CancellationToken cancellationToken)
    {
        try
        {
            devices = await byteTests.JudgeAsync(await inventory.ReadAsync(cancellationToken), what => WaitsFor = what, cancellationToken);
            return true;
        }
        catch (Exception failure) when (failure is InvalidOperationException or System.ComponentModel.Win32Exception or System.Text.Json.JsonException)
        {
            NoDevices(failure.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
            return false;
        }
    }

    private async Task HeartbeatAsync()
    {
        HostHeartbeat heartbeat;
        lock (gate)
        {
            var trainers = slots.Values.Select(s => s.Trainer).OfType<TrainerProcess>().Select(t => t.Id).ToHashSet();
            heartbeat = new(
                silo.SiloAddress.ToParsableString(),
                silo.Name,
                ++heartbeats,
                watch.Look(devices, trainers),
                [.. slots.Values.Where(s => s.Current is not null).Select(s => s.Current!.Order.Lease)],
                [.. finishing.Select(a => a.Order.Lease)],
                draining,
                slots.Values.Max(s => s.Tokens.Highest?.Epoch ?? 0),
                failures.All);
        }

        try
        {
            var reply = await grains.GetGrain<IGpuPoolGrain>(GpuPoolOptions.DefaultPool).Heartbeat(heartbeat);
            Volatile.Write(ref answeredAt, time.GetTimestamp());
            lock (gate)
            {
                heardAt = time.GetTimestamp();
            }

            foreach (var token in reply.Stop)
            {
                Stop(token);
            }

            foreach (var (token, because) in reply.Yield.Zip(reply.YieldFor ?? new string?[reply.Yield.Length]))
            {
                Yield(token, because);
            }

            lock (gate)
            {
                reply.Judged.ToList().ForEach(failures.Judged);
            }
        }
        catch (Exception failure)
        {
            // Trainers go on: they are fenced by token, not by time.
            HeartbeatFailed(failure.Message);
        }
    }

    /// <summary>The pool has not been heard of for so long that these trainings are likely somebody else's: what they have is kept, and they stop.</summary>
    private void StopOrphans()
    {
        lock (gate)
        {
            var silence = time.GetElapsedTime(heardAt);
            foreach (var attempt in slots.Values.Select(s => s.Current).OfType<TrainerAttempt>().Where(a => silence > settings.Value.OrphanLimit && a.Stop(withCheckpoint: true)))
            {
                OrphanStopped(attempt.Order.Lease.ConfigurationKey, silence, settings.Value.OrphanLimit);
            }
        }
    }

    private void Stop(LeaseToken token)
    {
        lock (gate)
        {
            foreach (var attempt in Attempts().Where(a => a.Order.Lease.Token == token))
            {
                AttemptStopped(attempt.Order.Lease.ConfigurationKey, token);
                attempt.Abandon();
            }
        }
    }

    /// <summary>Asks for a last checkpoint and the end; the slot is free once the attempt has told so.</summary>
    private void Yield(LeaseToken token, string? because)
    {
        lock (gate)
        {
            slots.Values.Select(s => s.Current).FirstOrDefault(a => a?.Order.Lease.Token == token)?.Stop(withCheckpoint: true, because);
        }
    }

    private IEnumerable<TrainerAttempt> Attempts() => slots.Values.Select(s => s.Current).OfType<TrainerAttempt>().Concat(finishing);

    private async Task RunAsync(TrainerSlot slot, TrainerAttempt attempt, Task before)
    {
        await before;
        var used = energy.Begin(devices.FirstOrDefault(d => d.Id == slot.Device)?.Uuid);
        using var ids = logger.BeginScope(attempt.Ids);
        attempt.BeginSpan();
        var report = await Task.Run(() => attempt.TrainAsync(token => TrainerAsync(slot, attempt, token)));
        lock (gate)
        {
            // The slot is free as soon as the trainer has stopped; the outcome finds its own way.
            slot.Current = slot.Current == attempt ? null : slot.Current;
            metrics.Idle(attempt.Order.Lease);
            finishing.Add(attempt);
            if (attempt.Failure is { } failure)
            {
                DeviceFailed(failure.Device, failure.Kind, failure.Reason);
                failures.Add(failure);
                metrics.Failed(failure);
                changed.Release();
            }

            telling.RemoveAll(t => t.IsCompleted);
            telling.Add(FinishAsync(attempt, report, used()));
        }
    }

    private void TrainsOn(TrainerSlot slot)
    {
        lock (gate)
        {
            failures.TrainsOn(slot.Device);
        }
    }

    private async Task FinishAsync(TrainerAttempt attempt, AttemptReport report, Task<double?> joules)
    {
        // Not under the gate of the caller, who goes on.
        await Task.Yield();
        var taken = await attempt.TellAsync(report with { EnergyJoules = await joules });
        AttemptOver(attempt.Order.Lease.ConfigurationKey, attempt.Order.Attempt, report.End, taken);
        lock (gate)
        {
            finishing.Remove(attempt);
        }

        attempt.Dispose();
        changed.Release();
    }

    private async Task<TrainerProcess> TrainerAsync(TrainerSlot slot, TrainerAttempt attempt, CancellationToken cancellationToken)
    {
        if (slot.Trainer is not { IsAlive: true })
        {
            slot.Trainer?.Dispose();
            slot.Trainer = null;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(settings.Value.SilenceLimit);
            slot.Trainer = await TrainerProcess.StartAsync(program, settings.Value.Niceness, attempt.Log.Add, limit.Token);
            metrics.TrainerStarted();
        }

        return slot.Trainer;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "No devices: {Failure}")]
    private partial void NoDevices(string failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Slots} slots on {Devices}")]
    private partial void DevicesFound(int slots, string devices);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Configuration}, attempt {Attempt}: {End}; taken: {Taken}")]
    private partial void AttemptOver(string configuration, int attempt, AttemptEnd end, bool taken);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Device} failed a training ({Kind}): {Reason}")]
    private partial void DeviceFailed(string device, DeviceFailureKind kind, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Configuration}: stopping token {Token}")]
    private partial void AttemptStopped(string configuration, LeaseToken token);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The pool did not take a heartbeat: {Failure}; trainers go on")]
    private partial void HeartbeatFailed(string failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Configuration}: the pool has not been reached for {Silence}, limit {Limit}: its trainer writes a checkpoint and stops")]
    private partial void OrphanStopped(string configuration, TimeSpan silence, TimeSpan limit);

    [LoggerMessage(Level = LogLevel.Information, Message = "Draining {Trainers} trainers")]
    private partial void DrainBegins(int trainers);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not every trainer had drained within {Limit}")]
    private partial void DrainTimedOut(TimeSpan limit);
}
