using System.Text.Json;
using System.Text.Json.Schema;
using Parquet;
using Parquet.Serialization;
using SmallBatch.Client.Export;
using SmallBatch.Contracts;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;

namespace SmallBatch.Client.Tests.Export;

public sealed class ExportTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-export").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Parquet_reads_back_to_what_the_csv_says()
    {
        var results = Results();
        await ParquetFiles.WriteAsync(results, folder, TestContext.Current.CancellationToken);
        Assert.Equal(ResultFiles.Results(results), await Csv("results.parquet"));
        Assert.Equal(ResultFiles.Curves(results), await Csv("curves.parquet"));
        Assert.Empty(Directory.EnumerateFiles(folder, "*.partial"));
    }

    [Fact]
    public async Task Figures_on_images_that_were_kept_back_come_last_and_only_where_there_are_some()
    {
        var without = Results();
        var results = without with
        {
            Sweep = without.Sweep with { ValidationImages = 500 },
            Replicas = [.. without.Replicas.Select(r => r with { ValidationScore = r.Score / 2, Curve = [.. r.Curve.Select(p => p with { ValidationLoss = 2, ValidationAccuracy = 0.125 })] })],
        };
        var (before, after) = (ResultFiles.Results(without).Split('\n'), ResultFiles.Results(results).Split('\n'));
        Assert.Equal(before[0] + ",validation_images,validation_score", after[0]);
        Assert.Equal(before[1] + ",500,0.25", after[1]);
        Assert.Equal(before[2] + ",500,", after[2]);
        Assert.Equal(ResultFiles.Curves(without).Split('\n')[1] + ",2,0.125", ResultFiles.Curves(results).Split('\n')[1]);
        await ParquetFiles.WriteAsync(results, folder, TestContext.Current.CancellationToken);
        Assert.Equal(ResultFiles.Results(results), await Csv("results.parquet"));
        Assert.Equal(ResultFiles.Curves(results), await Csv("curves.parquet"));
    }

    [Fact]
    public async Task Runs_on_a_shorter_budget_are_told_by_stage_and_budget_and_change_no_other_row()
    {
        var without = Results();
        var rung = without.Replicas[0] with { Stage = Stage.Rung, Updates = 5, Budget = "5 epochs" };
        var results = without with { Replicas = [.. without.Replicas, rung], Analysis = without.Analysis with { Rungs = [new(2, 1, "5 epochs", [], [])] } };
        Assert.StartsWith(ResultFiles.Results(without), ResultFiles.Results(results), StringComparison.Ordinal);
        Assert.Contains(",rung,2,2^-9,", ResultFiles.Results(results).Split('\n')[^2], StringComparison.Ordinal);
        Assert.EndsWith(",5 epochs,5,hash", ResultFiles.Results(results).Split('\n')[^2], StringComparison.Ordinal);
        Assert.Equal(ResultFiles.Curves(without).Split('\n')[1] + ",15 epochs", ResultFiles.Curves(results).Split('\n')[1]);
        Assert.EndsWith(",5 epochs", ResultFiles.Curves(results).Split('\n')[^2], StringComparison.Ordinal);
        await ParquetFiles.WriteAsync(results, folder, TestContext.Current.CancellationToken);
        Assert.Equal(ResultFiles.Results(results), await Csv("results.parquet"));
        Assert.Equal(ResultFiles.Curves(results), await Csv("curves.parquet"));
    }

    [Fact]
    public void A_run_says_what_its_gpu_used_and_nothing_where_nobody_measured()
    {
        var run = new RunRecord(1, "1.1", "host", "cuda:0", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(9), AttemptEnd.Completed, null, 7.5, 0, 100);
        var results = Results() with { Runs = [new("k", Stage.Grid, 2, "2^-9", run with { EnergyJoules = 1234.5 }), new("k", Stage.Grid, 2, "2^-9", run with { Attempt = 2 })] };
        var lines = ResultFiles.Runs(results).Split('\n');
        Assert.EndsWith(",device_seconds,energy_joules", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(",7.5,0,100,9,1234.5", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",7.5,0,100,9,", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Json_reads_back_whole_and_its_schema_is_the_committed_one()
    {
        var results = Results();
        ResultFiles.WriteJson(results, folder);
        var read = JsonSerializer.Deserialize<SweepResults>(File.ReadAllText(Path.Combine(folder, "results.json")), JsonForm.Indented)!;
        Assert.Equal(ResultFiles.Results(results), ResultFiles.Results(read));
        Assert.Equal(ResultFiles.Curves(results), ResultFiles.Curves(read));
        var schema = JsonForm.Indented.GetJsonSchemaAsNode(typeof(SweepResults)).ToJsonString(JsonForm.Indented).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable("SMALLBATCH_WRITE_SCHEMA") is { Length: > 0 } path)
        {
            File.WriteAllText(path, schema);
        }

        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "results.schema.json")), schema);
    }

    [Fact]
    public void Event_files_hold_every_epoch_of_every_replica_under_checksums_and_read_back()
    {
        var results = Results();
        TensorBoardFiles.Write(results, folder);
        Assert.Equal(results.Replicas.Length, Directory.EnumerateFiles(folder, "*tfevents*", SearchOption.AllDirectories).Count());
        var events = EventRecords.Read(Path.Combine(folder, "tensorboard", "golden", "grid", "m=2", "lr=1÷300", "replica=1", "events.out.tfevents.0.smallbatch"));
        Assert.Equal(
            [
                (1, "accuracy/test", 0.25f), (1, "accuracy/train", 0.5f), (1, "loss/test", float.NaN), (1, "loss/train", 1.5f), (1, "updates", 10f), (1, "gradient norm", 0.125f),
                (2, "accuracy/test", 0.5f), (2, "accuracy/train", 0.5f), (2, "loss/test", 1f), (2, "loss/train", 1f), (2, "updates", 20f), (2, "gradient norm", 1e-20f), (2, "score", 0.6f),
            ],
            events);
    }

    private static SweepResults Results() => GoldenSweep.Of(
        ["grid,2,2^-9,0.5 d7 u0.1", "grid,2,1/300,0.6 0.6 0.6"],
        "",
        with: r => r with { Curve = [new(1, 10, 1.5, 0.5, double.NaN, 0.25, r.Replica == 0 ? null : 0.125), new(2, 20, 1, 0.5, 1, 0.5, 1e-20)] });

    private async Task<string> Csv(string file)
    {
        await using var stream = File.OpenRead(Path.Combine(folder, file));
        await using var reader = await ParquetReader.CreateAsync(stream);
        var columns = reader.Schema.DataFields.Select(f => f.Name).ToArray();
        stream.Position = 0;
        var rows = (await ParquetSerializer.DeserializeUntypedAsync(stream)).Data;
        var csv = new CsvText(columns);
        rows.ToList().ForEach(r => csv.Row([.. columns.Select(c => r.GetValueOrDefault(c))]));
        return csv.ToString();
    }
}
