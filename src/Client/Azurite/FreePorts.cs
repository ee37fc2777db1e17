using System.Net;
using System.Net.Sockets;

namespace SmallBatch.Client.Azurite;

/// <summary>TCP ports of this machine.</summary>
internal static class FreePorts
{
    /// <summary>That many ports that nobody has, on whichever address, for a silo that others reach listens on all of them; all different.</summary>
    public static int[] Take(int count)
    {
        // Bound and never listening: a firewall that asks its user about listeners has nothing to ask.
        var sockets = Enumerable.Range(0, count).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ExclusiveAddressUse = true }).ToList();
        sockets.ForEach(s => s.Bind(new IPEndPoint(IPAddress.Any, 0)));
        var ports = sockets.Select(s => ((IPEndPoint)s.LocalEndPoint!).Port).ToArray();
        sockets.ForEach(s => s.Dispose());
        return ports;
    }

    /// <summary>Whether nobody listens on the port.</summary>
    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Whether somebody answers on the port of that host.</summary>
    public static async Task<bool> AnswersAsync(string host, int port, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
