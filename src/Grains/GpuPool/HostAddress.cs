using System.Globalization;

namespace SmallBatch.Grains.GpuPool;

/// <summary>Reads a silo's full address, <c>IP:PORT@GENERATION</c>: the generation tells apart those that ran one after another at one place.</summary>
internal static class HostAddress
{
    /// <summary>The place: address and port.</summary>
    public static string Place(string host) => host.Split('@')[0];

    /// <summary>Whether this host ran at the same place as <paramref name="other"/>, before it.</summary>
    public static bool IsBefore(string host, string other)
    {
        // Asked of every host when one comes: without making strings.
        var at = host.AsSpan().IndexOf('@');
        return at >= 0 && other.AsSpan().IndexOf('@') == at && host.AsSpan(0, at).SequenceEqual(other.AsSpan(0, at)) && Generation(host) < Generation(other);
    }

    private static long Generation(string host) => long.Parse(host.Split('@')[1], CultureInfo.InvariantCulture);
}
