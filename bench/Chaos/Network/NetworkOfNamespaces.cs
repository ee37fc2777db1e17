using System.Globalization;
using SmallBatch.Bench.Chaos.Silos;

namespace SmallBatch.Bench.Chaos.Network;

/// <summary>
/// A network namespace for each silo, joined by a <see cref="PacketSwitch"/>: links between any two are cut, delayed or made
/// lossy, in one direction or both. Needs root, <c>ip</c> and /dev/net/tun, and no module for that in the kernel.
/// </summary>
internal sealed class NetworkOfNamespaces : IAsyncDisposable
{
    /// <summary>Last byte of the address of this process, where clients are.</summary>
    public const byte Client = 1;

    /// <summary>Last byte of the store's address.</summary>
    public const byte Store = 2;

    private const byte FirstSilo = 11;
    private static int made;
    private readonly string name = string.Create(CultureInfo.InvariantCulture, $"sb{Environment.ProcessId}-{Interlocked.Increment(ref made)}");
    private readonly string prefix = string.Create(CultureInfo.InvariantCulture, $"10.{200 + (Environment.ProcessId % 50)}.{(Environment.ProcessId / 50) + made & 0xff}.");
    private readonly PacketSwitch packets;
    private readonly List<TunDevice> devices = [];
    private byte silos;

    private NetworkOfNamespaces(int seed) => packets = new(seed, TimeProvider.System);

    /// <summary>The address of this process.</summary>
    public string ClientAddress => prefix + Client;

    /// <summary>The store's address.</summary>
    public string StoreAddress => prefix + Store;

    /// <summary>Makes a network without silos. Answers instead why this machine permits none.</summary>
    public static async Task<(NetworkOfNamespaces? Network, string? Refusal)> CreateAsync(int seed)
    {
        var network = new NetworkOfNamespaces(seed);
        try
        {
            await network.ConnectAsync(network.name, null, Client, Store);
            var (code, output) = await Processes.RunAsync("ip", "netns", "add", $"{network.name}-0");
            if (code == 0)
            {
                await RunAsync("netns", "del", $"{network.name}-0");
                return (network, null);
            }

            await network.DisposeAsync();
            return (null, $"no network namespaces on this machine: {output.Trim()}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            await network.DisposeAsync();
            return (null, $"no network of namespaces on this machine: {failure.Message.Trim()}");
        }
    }

    /// <summary>Adds a namespace; answers its address.</summary>
    public async Task<string> AddAsync()
    {
        var number = (byte)(FirstSilo + silos++);
        var space = Space(number);
        await RunAsync("netns", "add", space);
        await RunAsync("-n", space, "link", "set", "lo", "up");
        await ConnectAsync($"{name}.{silos}", space, number);
        return prefix + number;
    }

    /// <summary>The command that runs another in the namespace of that address.</summary>
    public IReadOnlyList<string> Launcher(string address) => ["ip", "netns", "exec", Space(Number(address))];

    /// <summary>Drops what goes from one address to another.</summary>
    public void Cut(string from, string to) => packets.Set(Number(from), Number(to), Link.Broken);

    /// <summary>Drops what goes between two addresses.</summary>
    public void CutBoth(string one, string other)
    {
        Cut(one, other);
        Cut(other, one);
    }

    /// <summary>What every link that is not cut does with packets.</summary>
    public void Slow(TimeSpan delay, double loss) => packets.Default = new(false, delay, loss);

    /// <summary>Every cut is mended.</summary>
    public void Mend() => packets.Mend();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        for (byte i = 0; i < silos; i++)
        {
            await Processes.RunAsync("ip", "netns", "del", Space((byte)(FirstSilo + i)));
        }

        await Processes.RunAsync("ip", "link", "del", name);
        devices.ForEach(d => d.Dispose());
    }

    private static byte Number(string address) => byte.Parse(address[(address.LastIndexOf('.') + 1)..], CultureInfo.InvariantCulture);

    private static async Task RunAsync(params string[] arguments)
    {
        var (code, output) = await Processes.RunAsync("ip", arguments);
        if (code != 0)
        {
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {output.Trim()}");
        }
    }

    private string Space(byte number) => string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");

    private async Task ConnectAsync(string device, string? space, params byte[] addresses)
    {
        var tun = new TunDevice(device);
        devices.Add(tun);
        string[] where = [];
        if (space is not null)
        {
            await RunAsync("link", "set", device, "netns", space);
            where = ["-n", space];
        }

        foreach (var address in addresses)
        {
            await RunAsync([.. where, "addr", "add", $"{prefix}{address}/24", "dev", device]);
        }

        await RunAsync([.. where, "link", "set", device, "mtu", TunDevice.LargestPacket.ToString(CultureInfo.InvariantCulture), "up"]);
        packets.Connect(tun, addresses);
    }
}
