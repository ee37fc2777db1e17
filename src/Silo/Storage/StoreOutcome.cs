namespace SmallBatch.Silo.Storage;

/// <summary>What became of a request to the store.</summary>
internal enum StoreOutcome
{
    /// <summary>It did it.</summary>
    Done,

    /// <summary>It is not so: not there, there already, or changed since. Everyday.</summary>
    Refused,

    /// <summary>It asks for patience.</summary>
    Throttled,

    /// <summary>It may not be asked, or not like that.</summary>
    Denied,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It said nothing.</summary>
    Silent,
}
