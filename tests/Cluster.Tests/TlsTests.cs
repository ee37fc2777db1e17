using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using SmallBatch.Client.Cluster;
using SmallBatch.Tests;

namespace SmallBatch.Cluster.Tests;

/// <summary>Silos and consoles that know each other by certificate.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("smallbatch-tls-");
    private readonly Authority ours = new("ours");
    private readonly Authority foreign = new("foreign");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_silos_train_a_sweep_for_a_console_where_each_has_a_certificate()
    {
        await using var cluster = await StartAsync("--Simulation:Duration=0.2s");
        await cluster.AddSiloAsync(1, "--Simulation:Duration=0.2s", $"--Tls:Folder={ours.Issue(At("silo-2"), "smallbatch-silo")}");
        var console = ours.Issue(At("console"), "alice");
        await using var connection = await ClusterConnection.OpenAsync(cluster.Addresses[1] with { TlsFolder = console }, Token);
        await TestCluster.SubmitAsync(connection);
        Assert.Contains(cluster.LogLines(), l => l.Contains($"{ConsoleCaller.User} (CN=alice): Submit on sweep/chaos: done", StringComparison.Ordinal));
        var (_, results) = await TestCluster.ResultsAsync(connection);
        Assert.Equal(2, results.Runs.Select(r => r.Run.Host).Distinct().Count());
        await cluster.ConsoleAsync(0, "pool", "undrain", "silo-2", "--tls", console);
        Assert.Contains(cluster.LogLines(), l => l.Contains($"{ConsoleCaller.User} (CN=alice): Undrain silo-2 on gpu-pool/default: done", StringComparison.Ordinal));
        Assert.Contains("2 silos", (await cluster.ConsoleAsync(0, "doctor", "--tls", console)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_console_without_a_certificate_with_one_that_is_over_or_with_a_foreign_one_is_refused_and_told_why()
    {
        await using var cluster = await StartAsync();
        var over = ours.Issue(At("over"), "alice", days: -2);
        Assert.Contains("it takes only consoles with a certificate; name the folder with yours by --tls", await RefusedAsync(3), StringComparison.Ordinal);
        Assert.Matches(@"over/tls\.crt: found a certificate that is valid from 20.+ to 20.+, wanted one that is valid now, 20.+: have it renewed", await RefusedAsync(2, "--tls", over));
        Assert.Contains(
            "it closed the connection when it saw this console's certificate CN=alice, issued by CN=foreign; wanted one that an authority of the silos' ca.crt has issued",
            await RefusedAsync(3, "--tls", foreign.Issue(At("foreign"), "alice", believed: ours.Pem)),
            StringComparison.Ordinal);
        Assert.Matches(
            "the silo's certificate is refused: found the certificate CN=smallbatch-silo, issued by CN=ours, over on 20.+ UTC; wanted one that an authority of ca.crt has issued",
            await RefusedAsync(3, "--tls", ours.Issue(At("other"), "alice", believed: foreign.Pem)));
        Assert.Contains(cluster.LogLines(), l => l.Contains("A connection from a console was refused: found the certificate CN=alice, issued by CN=foreign", StringComparison.Ordinal));

        // The silo sees for itself: a console may be somebody else's program.
        await ShownAsync(cluster.Addresses[0].Gateway, over, untilClosed: true);
        await UntilLoggedAsync(cluster, "A connection from a console was refused: found the certificate CN=alice, issued by CN=ours", "wanted one that is valid now (NotTimeValid)");

        async Task<string> RefusedAsync(int wanted, params string[] options)
        {
            var (code, output, errors) = await cluster.ConsoleAsync(0, ["sweep", "list", .. options]);
            Assert.Equal((wanted, ""), (code, output));
            return errors;
        }
    }

    [Fact]
    public async Task A_console_whose_cluster_has_no_certificates_is_told_to_use_none()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 0);
        Assert.Contains("no TLS is spoken there", (await cluster.ConsoleAsync(0, "sweep", "list", "--tls", ours.Issue(At("console"), "alice"))).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_console_passes_for_a_silo()
    {
        await using var cluster = await StartAsync();
        await ShownAsync($"127.0.0.1:{cluster.SiloPort(0)}", ours.Issue(At("console"), "alice"), untilClosed: true);
        await UntilLoggedAsync(cluster, "A connection from a silo was refused: found the certificate CN=alice", "wanted that of a silo: one for the DNS name smallbatch-silo");
    }

    [Fact]
    public async Task A_renewed_certificate_counts_without_a_restart_and_one_that_is_half_written_does_not()
    {
        await using var cluster = await StartAsync();
        var (silo, console, gateway) = (At("silo-1"), ours.Issue(At("console"), "alice"), cluster.Addresses[0].Gateway);
        var first = await ShownAsync(gateway, console);
        ours.Issue(silo, "smallbatch-silo", days: 3);
        var second = await ShownAsync(gateway, console);
        Assert.NotEqual(first, second);

        // The key of one and the certificate of another.
        File.Copy(Path.Combine(console, "tls.key"), Path.Combine(silo, "tls.key"), overwrite: true);
        Assert.Equal(second, await ShownAsync(gateway, console));
        Assert.Contains(cluster.LogLines(), l => l.Contains("The new certificate is not used", StringComparison.Ordinal) && l.Contains("tls.crt", StringComparison.Ordinal));

        // And authorities are renewed as certificates are: a console of the next one is let in as soon as it is believed.
        var next = foreign.Issue(At("next"), "bob", believed: ours.Pem);
        Assert.Equal(3, (await cluster.ConsoleAsync(0, "sweep", "list", "--tls", next)).Code);
        ours.Issue(silo, "smallbatch-silo", believed: ours.Pem + "\n" + foreign.Pem);
        Assert.Equal(0, (await cluster.ConsoleAsync(0, "sweep", "list", "--tls", next)).Code);
    }

    public void Dispose()
    {
        folder.Delete(recursive: true);
        ours.Dispose();
        foreign.Dispose();
    }

    /// <summary>The number of the certificate that a silo shows to whoever comes with that folder's. What it thinks of theirs, its log says.</summary>
    private static async Task<string> ShownAsync(string address, string folder, bool untilClosed = false)
    {
        using var certificate = X509Certificate2.CreateFromPemFile(Path.Combine(folder, "tls.crt"), Path.Combine(folder, "tls.key"));
        using var client = new TcpClient();
        await client.ConnectAsync(System.Net.IPEndPoint.Parse(address), Token);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(
            new() { TargetHost = "smallbatch-silo", ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true), RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null },
            Token);
        if (untilClosed)
        {
            // One that goes before the silo has looked at its certificate is refused by nobody.
            Assert.Equal(0, await tls.ReadAsync(new byte[1], Token));
        }

        return tls.RemoteCertificate!.GetSerialNumberString();
    }

    private static Task UntilLoggedAsync(TestCluster cluster, params string[] parts) =>
        Processes.UntilAsync(() => Task.FromResult(cluster.LogLines().Any(l => parts.All(p => l.Contains(p, StringComparison.Ordinal)))), $"the silo logs {string.Join(" … ", parts)}");

    private string At(string name) => Path.Combine(folder.FullName, name);

    private async Task<TestCluster> StartAsync(params string[] settings)
    {
        var cluster = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        await cluster.AddSiloAsync(settings.Length == 0 ? 0 : 1, [.. settings, $"--Tls:Folder={ours.Issue(At("silo-1"), "smallbatch-silo")}"]);
        return cluster;
    }
}
