using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Specs.Tests;

public sealed class TrainingNumericsTests
{
    private const string Spec = "name: s\ndataset: { kind: synthetic, trainImages: 64, testImages: 16 }\nnetwork: resnet8\nbatchSizes: [8]\nbaseLearningRates: [2^-7]\nreplicas: 2\nepochs: 2";

    [Theory]
    [InlineData("cpu-intel6.207-avx512-t1-torch2.10.0-n2", 2)]
    [InlineData("nvidia-h200-driver570.124.06-torch2.10.0-cuda12.8-cudnn9.10.2-n17", 17)]
    [InlineData("simulated-1-diverging0.2", TrainingNumerics.Version)]
    [InlineData(null, TrainingNumerics.Version)]
    public void A_class_names_the_arithmetic_that_it_computes_by(string? numericsClass, int version) => Assert.Equal(version, TrainingNumerics.VersionOf(numericsClass));

    [Fact]
    public void A_plan_of_another_arithmetic_has_cells_of_its_own()
    {
        var (own, older) = (Plan(TrainingNumerics.Version), Plan(TrainingNumerics.Version - 1));
        Assert.Equal(own.Cells[0].SettingsHash, SweepPlan.Of(SweepDraft.Parse(Spec, null), SyntheticDataset.Identity(64, 16)).Value!.Cells[0].SettingsHash);
        Assert.Equal((TrainingNumerics.Version - 1, TrainingNumerics.Version - 1), (older.NumericsVersion, older.Cells[0].Settings.NumericsVersion));
        Assert.NotEqual(own.Cells[0].SettingsHash, older.Cells[0].SettingsHash);
    }

    private static SweepPlan Plan(int version) => SweepPlan.Of(SweepDraft.Parse(Spec, null), SyntheticDataset.Identity(64, 16), version).Value!;
}
