using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace SmallBatch.Tls;

/// <summary>Why somebody else's certificate is refused, in words.</summary>
internal static class CertificateRefusal
{
    /// <summary>The reason, or null where there is none.</summary>
    /// <param name="certificate">The other's certificate; null where it showed none.</param>
    /// <param name="chain">The chain that was built of it.</param>
    /// <param name="errors">What the platform found.</param>
    /// <param name="asSilo">Whether it has to be a silo's.</param>
    public static string? Of(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, bool asSilo)
    {
        if (certificate is null)
        {
            return "it showed no certificate";
        }

        var who = string.Create(CultureInfo.InvariantCulture, $"found the certificate {certificate.Subject}, issued by {certificate.Issuer}, over on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC");
        var status = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, s) => all | s.Status) ?? X509ChainStatusFlags.NoError;
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            return $"{who}; wanted one that {(status.HasFlag(X509ChainStatusFlags.NotTimeValid) ? "is valid now" : status.HasFlag(X509ChainStatusFlags.NotValidForUsage) ? "may be used for this" : $"an authority of {TlsFolder.AuthorityFile} has issued")} ({status})";
        }

        return asSilo && !certificate.MatchesHostname(TlsFolder.SiloName) ? $"{who}; wanted that of a silo: one for the DNS name {TlsFolder.SiloName}"
            : (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) != SslPolicyErrors.None ? $"{who} ({errors})"
            : null;
    }
}
