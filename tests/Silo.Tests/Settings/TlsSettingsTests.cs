using SmallBatch.Silo.Settings;
using SmallBatch.Tests;

namespace SmallBatch.Silo.Tests.Settings;

public sealed class TlsSettingsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("smallbatch-tls-");
    private readonly Authority authority = new("ours");

    [Fact]
    public void A_silos_own_certificate_is_taken_and_none_is_asked_for()
    {
        Assert.Empty(Errors(authority.Issue(folder.FullName, "smallbatch-silo")));
        Assert.Empty(Errors(null));
    }

    [Fact]
    public void A_consoles_certificate_is_none_of_a_silo() =>
        Assert.Equal([$"Tls:Folder: found a certificate CN=alice in {folder.FullName}, wanted one for the DNS name smallbatch-silo, by which silos are told from consoles."], Errors(authority.Issue(folder.FullName, "alice")));

    [Fact]
    public void Every_file_that_is_missing_is_named_at_once()
    {
        var errors = Errors(folder.FullName);
        Assert.Equal(3, errors.Count);
        Assert.All(["tls.crt", "tls.key", "ca.crt"], file => Assert.Contains(errors, e => e.StartsWith($"Tls:Folder: {Path.Combine(folder.FullName, file)}: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_is_no_certificate_is_named_and_no_key_is_ever_said()
    {
        authority.Issue(folder.FullName, "smallbatch-silo");
        File.WriteAllText(Path.Combine(folder.FullName, "ca.crt"), "nothing");
        File.WriteAllText(Path.Combine(folder.FullName, "tls.key"), "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----");
        var errors = Errors(folder.FullName);
        Assert.Equal(2, errors.Count);
        Assert.Contains(errors, e => e.Contains("ca.crt: found no certificate", StringComparison.Ordinal));
        Assert.DoesNotContain(errors, e => e.Contains("c2VjcmV0", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        folder.Delete(recursive: true);
        authority.Dispose();
    }

    private static List<string> Errors(string? folder)
    {
        var settings = new TlsSettings { Folder = folder };
        return [.. settings.Validate(new(settings)).Select(e => e.ErrorMessage!)];
    }
}
