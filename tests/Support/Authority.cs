using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SmallBatch.Tests;

/// <summary>An authority that issues certificates into folders, as cert-manager would.</summary>
public sealed class Authority : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 root;

    public Authority(string name)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        root = request.CreateSelfSigned(Today.AddDays(-30), Today.AddDays(30));
    }

    private static DateTimeOffset Today => TimeProvider.System.GetUtcNow();

    /// <summary>Its certificate in PEM.</summary>
    public string Pem => root.ExportCertificatePem();

    /// <summary>Writes a certificate of its own, valid until some days from now, its key, and whom its bearer believes: this authority where none is given.</summary>
    public string Issue(string folder, string name, int days = 1, string? believed = null)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", own, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(root, Today.AddDays(-10), Today.AddDays(days), RandomNumberGenerator.GetBytes(8));
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "tls.crt"), issued.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "tls.key"), own.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, "ca.crt"), believed ?? Pem);
        return folder;
    }

    public void Dispose()
    {
        key.Dispose();
        root.Dispose();
    }
}
