namespace SmallBatch.Contracts.Audit;

/// <summary>Where a call carries who makes it.</summary>
public static class CallerName
{
    /// <summary>Key in Orleans' <c>RequestContext</c>; a text. Of the console it is what the console says of itself.</summary>
    public const string Key = "smallbatch.caller";
}
