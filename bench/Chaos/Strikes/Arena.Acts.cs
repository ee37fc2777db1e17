using Azure.Storage.Blobs;
using SmallBatch.Bench.Chaos.Silos;

namespace SmallBatch.Bench.Chaos.Strikes;

/// <summary>The strikes themselves.</summary>
internal sealed partial class Arena
{
    private static readonly TimeSpan UploadLimit = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan DeathLimit = TimeSpan.FromSeconds(20);

    /// <summary>Sends a signal to a silo's trainer.</summary>
    public static Task<string?> SignalTrainerAsync(Seat seat, int signal)
    {
        var signalled = Processes.Trainers(seat.Silo!.ProcessId).Count(id => Processes.TrySignal(id, signal));
        return Task.FromResult(signalled == 0 ? "it had no trainer any more" : null);
    }

    /// <summary>Freezes a silo's trainer for a while.</summary>
    public async Task<string?> FreezeTrainerAsync(Seat seat)
    {
        var trainers = Processes.Trainers(seat.Silo!.ProcessId);
        trainers.ToList().ForEach(id => Processes.TrySignal(id, Processes.StopSignal));
        var remark = await HoldAsync();
        trainers.ToList().ForEach(id => Processes.TrySignal(id, Processes.ContinueSignal));
        return remark;
    }

    /// <summary>Kills silos at once; they stay away for a while.</summary>
    public async Task<string?> KillAsync(IReadOnlyList<Seat> seats)
    {
        Kill(seats);
        await StayAwayAsync();
        return null;
    }

    /// <summary>Freezes silos, not their trainers, for a while.</summary>
    public async Task<string?> FreezeAsync(IReadOnlyList<Seat> seats)
    {
        Freeze(seats);
        var remark = await HoldAsync();
        Thaw(seats);
        return remark;
    }

    /// <summary>Asks a silo to leave; it stays away for a while.</summary>
    public async Task<string?> DrainAsync(Seat seat)
    {
        await seat.Silo!.StopAsync();
        await StayAwayAsync();
        return null;
    }

    /// <summary>Kills one silo and freezes another for a while.</summary>
    public async Task<string?> KillAndFreezeAsync(Seat killed, Seat frozen)
    {
        Freeze([frozen]);
        Kill([killed]);
        var remark = await HoldAsync();
        Thaw([frozen]);
        return remark;
    }

    /// <summary>Kills every silo; the store goes as a machine's would that is switched off.</summary>
    public async Task<string?> KillClusterAsync()
    {
        Kill(cluster.Seats);
        await cluster.StopStoreAsync();
        await cluster.StartStoreAsync(cancellationToken);
        return null;
    }

    /// <summary>Stops the store, with its files written, and starts it again some seconds later.</summary>
    public async Task<string?> RestartStoreAsync()
    {
        await cluster.StopStoreAsync();
        await StayAwayAsync();
        await cluster.StartStoreAsync(cancellationToken);
        return null;
    }

    /// <summary>Kills the store, which loses what it had not written, and starts it again.</summary>
    public async Task<string?> KillStoreAsync()
    {
        cluster.Store.Kill();
        Rollbacks.Add(time.GetUtcNow());
        await cluster.StartStoreAsync(cancellationToken);
        return null;
    }

    /// <summary>Flips a bit in the newest checkpoint of what a silo trains, and kills the trainer, so that it is to be resumed from.</summary>
    public async Task<string?> CorruptCheckpointAsync(Seat seat)
    {
        var leases = await LeasesAsync([seat]);
        var trainers = Processes.Trainers(seat.Silo!.ProcessId);
        if (leases.Count == 0 || trainers.Count == 0)
        {
            return "it trained nothing any more";
        }

        // Stopped first, so that no newer one is written; what it had written is uploaded meanwhile.
        trainers.ToList().ForEach(id => Processes.TrySignal(id, Processes.StopSignal));
        await Task.Delay(UploadLimit, time, cancellationToken);
        var container = new BlobServiceClient(cluster.Store.ConnectionString).GetBlobContainerClient(Checkpoints.Container);
        var newest = (await Checkpoints.ListAsync(cluster.Store.ConnectionString, $"{leases[0].Configuration}/", cancellationToken)).Order(StringComparer.Ordinal).LastOrDefault();
        if (newest is not null)
        {
            var blob = container.GetBlobClient(newest);
            var bytes = (await blob.DownloadContentAsync(cancellationToken)).Value.Content.ToArray();
            bytes[chance.Next(bytes.Length)] ^= (byte)(1 << chance.Next(8));
            await blob.UploadAsync(BinaryData.FromBytes(bytes), overwrite: true, cancellationToken);
        }

        trainers.ToList().ForEach(id => Processes.TrySignal(id, Processes.KillSignal));
        return newest is null ? "it had no checkpoint" : null;
    }

    /// <summary>Lets the kernel kill a silo's trainer for want of memory.</summary>
    public async Task<string?> ExhaustMemoryAsync(Seat seat) =>
        await MemoryLimit.KillAsync(Processes.Trainers(seat.Silo!.ProcessId), DeathLimit, time, cancellationToken) ? null : "its trainer outlived it";

    /// <summary>Fills the disk of what a silo's trainer writes, until the trainer has died of it once.</summary>
    public async Task<string?> FillDiskAsync(Seat seat)
    {
        var trainers = Processes.Trainers(seat.Silo!.ProcessId);
        var path = $"/proc/{seat.Silo.ProcessId}/root{seat.Start.WorkRoot}/filled";
        var since = time.GetTimestamp();
        await using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0))
        {
            while (trainers.Any(Processes.Lives) && time.GetElapsedTime(since) < DeathLimit)
            {
                Fill(file);
                await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellationToken);
            }
        }

        File.Delete(path);
        return trainers.Any(Processes.Lives) ? "its trainer wrote nothing meanwhile" : null;
    }

    /// <summary>Cuts a silo off for a while.</summary>
    public async Task<string?> CutAsync(Seat seat, Cut cut)
    {
        var own = seat.Address.Host;
        var others = cluster.Seats.Where(s => s != seat).Select(s => s.Address.Host).Append(network!.StoreAddress).Append(network.ClientAddress);
        foreach (var other in cut == Cut.Store ? [network.StoreAddress] : others)
        {
            network.Cut(own, other);
            if (cut != Cut.Outward)
            {
                network.Cut(other, own);
            }
        }

        seat.Numb = true;
        return await MendAsync();
    }

    /// <summary>Cuts the link between two silos for a while.</summary>
    public async Task<string?> CutPairAsync(Seat one, Seat other, bool oneWay)
    {
        network!.Cut(one.Address.Host, other.Address.Host);
        if (!oneWay)
        {
            network.Cut(other.Address.Host, one.Address.Host);
        }

        return await MendAsync();
    }

    private async Task<string?> MendAsync()
    {
        var remark = await HoldAsync();
        network!.Mend();
        cluster.Seats.ForEach(s => s.Numb = false);
        return remark;
    }

    /// <summary>Holds for a time between five seconds and the longest, short ones more often than long ones.</summary>
    private async Task<string?> HoldAsync()
    {
        var hold = ShortestHold * Math.Pow(longestHold / ShortestHold, chance.NextDouble());
        await Task.Delay(hold, time, cancellationToken);
        return $"for {hold.TotalSeconds:F0} s";
    }

    private Task StayAwayAsync() => Task.Delay(TimeSpan.FromSeconds(4 + (4 * chance.NextDouble())), time, cancellationToken);

    private static void Kill(IReadOnlyList<Seat> seats)
    {
        foreach (var seat in seats)
        {
            _ = Processes.TrySignal(seat.Silo!.ProcessId, Processes.KillSignal);
        }
    }

    private static void Freeze(IReadOnlyList<Seat> seats)
    {
        foreach (var seat in seats)
        {
            seat.Numb = true;
            _ = Processes.TrySignal(seat.Silo!.ProcessId, Processes.StopSignal);
        }
    }

    private static void Thaw(IReadOnlyList<Seat> seats)
    {
        foreach (var seat in seats)
        {
            _ = Processes.TrySignal(seat.Silo!.ProcessId, Processes.ContinueSignal);
            seat.Numb = false;
        }
    }

    private static void Fill(FileStream file)
    {
        var zeros = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(zeros);
            }
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }
}
