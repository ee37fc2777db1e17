using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SmallBatch.Tls;

/// <summary>The folder cannot be used.</summary>
public sealed class TlsFolderException(IEnumerable<string> errors) : Exception(string.Join('\n', errors))
{
    /// <summary>Every error, a line each.</summary>
    public IReadOnlyList<string> Errors { get; } = [.. errors];
}

/// <summary>
/// A folder with a certificate, its key and the authorities that are believed, in PEM, under the names that a Kubernetes TLS Secret
/// and cert-manager give them. It is read again at each new connection, so that files that change count without a restart; where what
/// stands there cannot be used, a half-written pair say, what stood there before goes on.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="time">What says whether a certificate is over.</param>
public sealed class TlsFolder(string folder, TimeProvider time)
{
    /// <summary>The certificate, followed by those between it and its authority.</summary>
    public const string CertificateFile = "tls.crt";

    /// <summary>Its key, not encrypted.</summary>
    public const string KeyFile = "tls.key";

    /// <summary>The authorities.</summary>
    public const string AuthorityFile = "ca.crt";

    /// <summary>The DNS name that the certificate of each silo bears, and no console's.</summary>
    public const string SiloName = "smallbatch-silo";

    private sealed record Loaded(byte[] Digest, TlsMaterial Material);

    private volatile Loaded? loaded;

    /// <summary>The folder.</summary>
    public string Folder { get; } = folder;

    /// <summary>What stands in the folder now, or stood there when it could last be used. Throws <see cref="TlsFolderException"/> where it never could.</summary>
    /// <param name="refused">Told why the files that stand there now are not used.</param>
    public TlsMaterial Current(Action<string>? refused = null)
    {
        try
        {
            return Load();
        }
        catch (TlsFolderException unusable) when (loaded is { } before)
        {
            refused?.Invoke($"{unusable.Message.ReplaceLineEndings("; ")}; the certificate of before, over on {Day(before.Material.Certificate.NotAfter)}, goes on");
            return before.Material;
        }
    }

    /// <summary>What stands in the folder. Throws <see cref="TlsFolderException"/> with every error at once.</summary>
    public TlsMaterial Load()
    {
        var errors = new List<string>();
        var (certificate, key, authority) = (Read(CertificateFile), Read(KeyFile), Read(AuthorityFile));
        if (errors.Count > 0)
        {
            throw new TlsFolderException(errors);
        }

        var digest = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{certificate}\0{key}\0{authority}"));
        if (loaded is { } known && known.Digest.AsSpan().SequenceEqual(digest))
        {
            return known.Material;
        }

        var own = Parse(CertificateFile, () => Own(certificate, key));
        var between = Parse(CertificateFile, () => Several(certificate));
        var authorities = Parse(AuthorityFile, () => Several(authority));
        if (authorities is { Count: 0 })
        {
            errors.Add($"{PathOf(AuthorityFile)}: found no certificate, wanted those of the authorities, in PEM");
        }

        var now = time.GetUtcNow();
        if (own is not null && (own.NotAfter < now || own.NotBefore > now))
        {
            errors.Add($"{PathOf(CertificateFile)}: found a certificate that is valid from {Day(own.NotBefore)} to {Day(own.NotAfter)}, wanted one that is valid now, {Day(now.UtcDateTime)}: have it renewed");
        }

        if (errors.Count > 0)
        {
            throw new TlsFolderException(errors);
        }

        // Only what is there is shown to others: nothing is fetched.
        var chain = System.Net.Security.SslStreamCertificateContext.Create(own!, [.. between!.Skip(1)], offline: true);
        loaded = new(digest, new(own!, chain, authorities!));
        return loaded.Material;

        string Read(string file)
        {
            try
            {
                return File.ReadAllText(PathOf(file));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                errors.Add($"{PathOf(file)}: {failure.Message} Wanted {CertificateFile}, {KeyFile} and {AuthorityFile} in PEM");
                return "";
            }
        }

        T? Parse<T>(string file, Func<T> parse)
            where T : class
        {
            try
            {
                return parse();
            }
            catch (Exception failure) when (failure is CryptographicException or ArgumentException)
            {
                // Of a key only that it does not fit is ever said.
                errors.Add($"{PathOf(file)}: {failure.Message}");
                return null;
            }
        }
    }

    private string PathOf(string file) => Path.Combine(Folder, file);

    private static X509Certificate2 Own(string certificate, string key)
    {
        using var read = X509Certificate2.CreateFromPem(certificate, key);

        // Windows' TLS takes no key that was only read into memory.
        return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
    }

    private static X509Certificate2Collection Several(string pem)
    {
        var several = new X509Certificate2Collection();
        several.ImportFromPem(pem);
        return several;
    }

    private static string Day(DateTime at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
