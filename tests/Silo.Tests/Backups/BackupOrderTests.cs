using SmallBatch.Silo.Backups;
using SmallBatch.Silo.Storage;

namespace SmallBatch.Silo.Tests.Backups;

public sealed class BackupOrderTests
{
    private readonly IReadOnlyList<BackupStep> steps = BackupOrder.Of("service");

    [Fact]
    public void Every_table_is_copied_or_left_out_with_a_reason_and_every_container_is_copied()
    {
        Assert.Equal(
            StoreTables.Names.Order(),
            steps.Where(s => s.Kind == ListedKind.Table).Select(s => s.Name).Distinct().Concat(BackupOrder.LeftOut.Select(l => l.Table)).Order());
        Assert.Equal(StoreContainers.Names.Order(), steps.Where(s => s.Kind == ListedKind.Container).Select(s => s.Name).Distinct().Order());
        Assert.Equal(steps.Count, steps.Select(s => s.File).Distinct().Count());
    }

    [Fact]
    public void What_refers_is_read_before_what_it_must_find_and_what_must_not_lag_behind_after()
    {
        string[] order = [.. steps.Select(s => s.File)];
        Assert.Equal(["checkpoints.jsonl", "configurations.jsonl", "sweeps.jsonl", "leases.jsonl", "checkpoints-since.jsonl", "results.jsonl", "attempts.jsonl"], order[..7]);
    }

    [Fact]
    public void Sweeps_and_all_else_among_the_grains_are_two_parts_that_leave_nothing_out()
    {
        Assert.Equal("PartitionKey lt 'service_sweep_' or PartitionKey ge 'service_sweep`'", steps.Single(s => s.File == "configurations.jsonl").Filter);
        Assert.Equal("PartitionKey ge 'service_sweep_' and PartitionKey lt 'service_sweep`'", steps.Single(s => s.File == BackupOrder.SweepsFile).Filter);
    }
}
