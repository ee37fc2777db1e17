namespace SmallBatch.Training.Protocol;

/// <summary>Where both sides keep what can be made again.</summary>
internal static class UserCache
{
    /// <summary><c>smallbatch</c> in the user's cache folder (XDG base directories), else in the system's temporary one; not made here.</summary>
    public static string Folder
    {
        get
        {
            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return Path.Combine(!string.IsNullOrEmpty(cache) ? cache : !string.IsNullOrEmpty(home) ? Path.Combine(home, ".cache") : Path.GetTempPath(), "smallbatch");
        }
    }
}
