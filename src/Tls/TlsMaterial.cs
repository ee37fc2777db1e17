using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace SmallBatch.Tls;

/// <summary>Who a process says it is, and whom it believes.</summary>
/// <param name="Certificate">Its own certificate with its key.</param>
/// <param name="Chain">The same with the certificates between it and its authority, as it is shown to others.</param>
/// <param name="Authorities">The authorities whose certificates it takes from others; those of the system count for nothing.</param>
public sealed record TlsMaterial(X509Certificate2 Certificate, SslStreamCertificateContext Chain, X509Certificate2Collection Authorities)
{
    /// <summary>How the certificate of somebody else is judged: by these authorities alone. Nobody is asked whether it was revoked, so certificates are to be short-lived.</summary>
    internal X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.AddRange(Authorities);
        return policy;
    }
}
