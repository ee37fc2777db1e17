namespace SmallBatch.AzureStorage.Keys;

/// <summary>Keys of Azure Tables, in the official Orleans providers' form.</summary>
internal static class TableKeys
{
    private const int MostCharacters = 1023;

    /// <summary>Each of <c>/ \ # ?</c> becomes <c>_</c>. Throws <see cref="ArgumentException"/> for a key of 1,024 characters or more.</summary>
    public static string Sanitise(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length > MostCharacters)
        {
            throw new ArgumentException($"The key '{key[..64]}…' has {key.Length} characters; Azure Tables take at most {MostCharacters}.", nameof(key));
        }

        return key.Replace('/', '_').Replace('\\', '_').Replace('#', '_').Replace('?', '_');
    }
}
