using System.Collections.Concurrent;

namespace SmallBatch.Bench.Chaos.Network;

/// <summary>
/// Carries packets between devices by their IPv4 addresses, of which only the last byte differs, and drops or delays them as
/// told: each direction of each pair by itself.
/// </summary>
internal sealed class PacketSwitch(int seed, TimeProvider time)
{
    private const int SourceOffset = 15;
    private const int DestinationOffset = 19;
    private const int ShortestPacket = 20;
    private readonly ConcurrentDictionary<byte, TunDevice> devices = new();
    private readonly ConcurrentDictionary<(byte From, byte To), Link> links = new();
    private readonly Random chance = new(seed);
    private readonly Lock gate = new();

    /// <summary>What becomes of packets where no link is set.</summary>
    public Link Default { get; set; }

    /// <summary>Connects a device that bears these addresses, and reads it from now on.</summary>
    public void Connect(TunDevice device, params byte[] addresses)
    {
        foreach (var address in addresses)
        {
            devices[address] = device;
        }

        new Thread(() => Carry(device)) { IsBackground = true, Name = $"packets of {addresses[0]}" }.Start();
    }

    /// <summary>Sets one direction of one pair.</summary>
    public void Set(byte from, byte to, Link link) => links[(from, to)] = link;

    /// <summary>Every link is the default again.</summary>
    public void Mend() => links.Clear();

    private void Carry(TunDevice device)
    {
        var packet = new byte[TunDevice.LargestPacket];
        while (device.Read(packet) is > 0 and var length)
        {
            var isVersion4 = length >= ShortestPacket && packet[0] >> 4 == 4;
            if (isVersion4 && devices.TryGetValue(packet[DestinationOffset], out var to))
            {
                Pass(packet.AsSpan(0, length), links.TryGetValue((packet[SourceOffset], packet[DestinationOffset]), out var link) ? link : Default, to);
            }
        }
    }

    private void Pass(ReadOnlySpan<byte> packet, Link link, TunDevice to)
    {
        if (link.Cut || (link.Loss > 0 && Chance() < link.Loss))
        {
            return;
        }

        if (link.Delay == TimeSpan.Zero)
        {
            to.Write(packet);
        }
        else
        {
            _ = PassLaterAsync(packet.ToArray(), link.Delay, to);
        }
    }

    private async Task PassLaterAsync(byte[] packet, TimeSpan delay, TunDevice to)
    {
        await Task.Delay(delay, time);
        to.Write(packet);
    }

    private double Chance()
    {
        lock (gate)
        {
            return chance.NextDouble();
        }
    }
}
