using SmallBatch.Contracts.Results;

namespace SmallBatch.Client.Views;

/// <summary>By what configurations are sorted.</summary>
internal enum CellOrder
{
    /// <summary>As the sweep plans them: stage, m, η̃.</summary>
    Plan,

    /// <summary>The best first, those without a score last.</summary>
    Score,

    /// <summary>The soonest to end first, those of which nothing can be foretold last.</summary>
    Eta,

    /// <summary>The most attempts first.</summary>
    Attempt,
}

/// <summary>The orders.</summary>
internal static class CellOrders
{
    /// <summary>Sorted so, equals as planned.</summary>
    public static IEnumerable<CellStatus> Sorted(IEnumerable<CellStatus> cells, CellOrder order) => order switch
    {
        CellOrder.Score => cells.OrderByDescending(c => c.MeanScore ?? double.NegativeInfinity),
        CellOrder.Eta => cells.OrderBy(c => c.EtaSeconds ?? double.PositiveInfinity),
        CellOrder.Attempt => cells.OrderByDescending(c => c.Attempt),
        _ => cells,
    };
}
