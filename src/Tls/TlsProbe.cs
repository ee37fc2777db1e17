using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace SmallBatch.Tls;

/// <summary>What a connection beside Orleans' own tells of a silo that does not let one in: Orleans tries again and does not say why.</summary>
public static class TlsProbe
{
    /// <summary>Shakes hands over a connection to a silo and waits until the silo closes it, which it does at once where it refuses. Answers why; never where it does not.</summary>
    public static async Task<string> WhyRefusedAsync(Stream connection, TlsFolder folder, CancellationToken cancellationToken)
    {
        var material = folder.Current();
        string? why = null;
        var options = TlsConnections.ToSilo(material);
        options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => (why = CertificateRefusal.Of(certificate as X509Certificate2, chain, errors, asSilo: true)) is null;
        try
        {
            await using var tls = new SslStream(connection);
            await tls.AuthenticateAsClientAsync(options, cancellationToken);

            // A silo speaks only after it was spoken to, so all that can come is the end.
            _ = await tls.ReadAsync(new byte[1], cancellationToken);
            return $"it closed the connection when it saw this console's certificate {material.Certificate.Subject}, issued by {material.Certificate.Issuer}; wanted one that an authority of the silos' {TlsFolder.AuthorityFile} has issued. The silo's log says what it found";
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException)
        {
            return why is not null ? $"the silo's certificate is refused: {why}" : $"no TLS is spoken there ({failure.Message.TrimEnd('.')}); leave --tls out where the cluster has none";
        }
    }

    /// <summary>Whether TLS is spoken at the other end.</summary>
    public static async Task<bool> SpeaksTlsAsync(Stream connection, CancellationToken cancellationToken)
    {
        var answered = false;
        try
        {
            await using var tls = new SslStream(connection);

            // What it shows is looked at by nobody: only that it answers.
            await tls.AuthenticateAsClientAsync(new() { TargetHost = TlsFolder.SiloName, RemoteCertificateValidationCallback = (_, _, _, _) => !(answered = true) }, cancellationToken);
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException or OperationCanceledException)
        {
            return answered;
        }

        return answered;
    }
}
