using System.Globalization;
using SmallBatch.Client.Writing;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Sweeps;
using Spectre.Console;

namespace SmallBatch.Client.Tests.Writing;

public sealed class NewSpecTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-new-").FullName;

    private string File => Path.Combine(folder, "first.yaml");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Without_a_terminal_the_defaults_are_a_sweep_named_after_the_file_that_fits_its_dataset()
    {
        var (code, output, errors) = await ConsoleRun.Async("sweep", "new", File);
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("7 batch sizes × 9 base learning rates, predicted about", output, StringComparison.Ordinal);
        var draft = SweepDraft.Load(File);
        var plan = SweepPlan.Of(draft, DatasetCatalog.Inspect(draft.Dataset!, null)).Value!;
        Assert.Equal(("first", 63), (plan.Spec.Name, plan.Cells.Count));
        Assert.All(SpecQuestion.All, q => Assert.Contains($"\n# {q.Comment[^1]}\n{q.Key}: ", System.IO.File.ReadAllText(File), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_key_that_is_asked_for_has_an_option()
    {
        var (code, output, errors) = await ConsoleRun.Async(
            "sweep", "new", File, "--name", "birds", "--dataset", "{ kind: folder, path: birds, crop: 64 }", "--network", "resnet20", "--batch-sizes", "[4, 50]",
            "--base-learning-rates", "[0.001, 2^-8, 1/3]", "--epochs", "40", "--replicas", "{ min: 3, max: 9, until: 1 }", "--confirm", "7");
        Assert.Equal((0, ""), (code, errors));
        Assert.DoesNotContain("predicted", output, StringComparison.Ordinal);
        Assert.Contains($"'smallbatch run {File} --data DIR' runs it here", output, StringComparison.Ordinal);
        var spec = SweepDraft.Load(File).Spec!;
        Assert.Equal(("birds", "birds", "resnet20", 3, 7), (spec.Name, spec.Dataset.Path, spec.Network, spec.Replicas, spec.Confirm));
        Assert.Equal([4, 50], spec.BatchSizes);
        Assert.Equal((3, new Budget(BudgetUnit.Epochs, 40)), (spec.BaseLearningRates.Count, spec.Budget));
    }

    [Theory]
    [InlineData("--updates", "3000", BudgetUnit.Updates)]
    [InlineData("--examples", "400000", BudgetUnit.Examples)]
    public async Task A_budget_of_another_unit_stands_in_the_place_of_epochs(string option, string value, BudgetUnit unit)
    {
        Assert.Equal((0, ""), await ConsoleRun.Async("sweep", "new", File, option, value) is var (code, _, errors) ? (code, errors) : default);
        var draft = SweepDraft.Load(File);
        Assert.Empty(draft.Errors);
        Assert.Equal(new Budget(unit, int.Parse(value, CultureInfo.InvariantCulture)), draft.Spec!.Budget);
        Assert.DoesNotContain("\nepochs:", await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_budgets_are_refused_and_a_wrong_one_is_told_by_its_own_option()
    {
        Assert.Equal((2, "--updates: found beside --epochs, wanted one of --epochs, --updates, --examples\n"), await ConsoleRun.Async("sweep", "new", File, "--updates", "9", "--epochs", "9") is var (code, _, errors) ? (code, errors) : default);
        Assert.StartsWith("--examples: found few, wanted ", (await ConsoleRun.Async("sweep", "new", File, "--examples", "few")).Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Theory]
    [InlineData("8", "epochs: 8")]
    [InlineData("8 epochs", "epochs: 8")]
    [InlineData("3000 updates", "updates: 3000")]
    [InlineData("8 weeks", "epochs: 8 weeks")]
    public void The_budget_is_answered_with_its_unit(string answer, string line) => Assert.Equal(line, SpecQuestion.All.Single(q => q.Key == "epochs").Line(answer));

    [Fact]
    public async Task A_budget_that_cannot_be_read_is_asked_for_again()
    {
        var screen = new StringWriter();
        var console = new TypedConsole(AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(screen), Ansi = AnsiSupport.No, Interactive = InteractionSupport.Yes }), "8 weeks", "3000 updates");
        var budget = SpecQuestion.All.Single(q => q.Key == "epochs");
        Assert.Equal("3000 updates", await new SpecInterview(console, folder).AskAsync(budget, budget.Fallback, TestContext.Current.CancellationToken));
        Assert.Contains("found 8 weeks, wanted ", screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_wrong_is_said_by_its_option_and_nothing_is_written()
    {
        var (code, _, errors) = await ConsoleRun.Async("sweep", "new", File, "--batch-sizes", "[2, 0]", "--network", "resnet9", "--epochs", "many");
        Assert.Equal(2, code);
        Assert.Contains("--batch-sizes[1]: found 0, wanted a whole number from 1 to 65536", errors, StringComparison.Ordinal);
        Assert.Contains("--network: found resnet9, wanted one of alexnet", errors, StringComparison.Ordinal);
        Assert.Contains("--epochs: found many", errors, StringComparison.Ordinal);
        Assert.Equal((2, "--batch-sizes: found 1024, wanted at most the 512 training images of synthetic\n"), await ConsoleRun.Async("sweep", "new", File, "--batch-sizes", "[1024]") is var (c, _, e) ? (c, e) : default);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public async Task A_file_that_is_there_is_left_as_it_is()
    {
        await System.IO.File.WriteAllTextAsync(File, "mine", TestContext.Current.CancellationToken);
        var (code, _, errors) = await ConsoleRun.Async("sweep", "new", File);
        Assert.Equal((2, $"file: found {File}, which is there already, wanted a name that is free\n"), (code, errors));
        Assert.Equal("mine", await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_network_of_one_s_own_is_looked_for_beside_the_file()
    {
        await System.IO.File.WriteAllTextAsync(Path.Combine(folder, "net.yaml"), "layers: [ { linear: { outputs: classes } } ]", TestContext.Current.CancellationToken);
        Assert.Equal(0, (await ConsoleRun.Async("sweep", "new", File, "--network", "net.yaml")).Code);
        Assert.Empty(SweepDraft.Load(File).Errors);
        Assert.Contains("--network: found other.yaml", (await ConsoleRun.Async("sweep", "new", Path.Combine(folder, "second.yaml"), "--network", "other.yaml")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_cannot_be_read_is_asked_for_again_and_Enter_takes_what_is_offered()
    {
        var screen = new StringWriter();
        var console = new TypedConsole(AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(screen), Ansi = AnsiSupport.No, Interactive = InteractionSupport.Yes }), "[2, zero]", "[2, 8]", "");
        var interview = new SpecInterview(console, folder);
        var sizes = SpecQuestion.All.Single(q => q.Key == "batchSizes");
        Assert.Equal("[2, 8]", await interview.AskAsync(sizes, "2..128", TestContext.Current.CancellationToken));
        Assert.Contains("found zero, wanted a whole number from 1 to 65536", screen.ToString(), StringComparison.Ordinal);
        Assert.Equal("2..128", await interview.AskAsync(sizes, "2..128", TestContext.Current.CancellationToken));
        Assert.Equal(0, console.Left);
    }
}
