namespace SmallBatch.Client.Commands;

/// <summary>A budget as it is written after a sweep's name.</summary>
internal static class BudgetName
{
    /// <summary><c>5-epochs</c> for <c>5 epochs</c>.</summary>
    public static string Of(string budget) => budget.Replace(' ', '-');
}
