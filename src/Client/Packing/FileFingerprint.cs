using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SmallBatch.Client.Packing;

/// <summary>A hash over files' names, lengths and times of change: whether a source is still the one it was.</summary>
internal static class FileFingerprint
{
    /// <summary>The hash, hex.</summary>
    public static string Of(IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            var info = new FileInfo(file);
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{file}\n{info.Length}\n{info.LastWriteTimeUtc.Ticks}\n")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
