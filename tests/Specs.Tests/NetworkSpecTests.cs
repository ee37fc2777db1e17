using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Specs.Tests;

public sealed class NetworkSpecTests
{
    private static readonly MapShape Cifar = new(3, 32, 32);

    [Theory]
    [InlineData("resnet8", 10, BatchNormalisation.All, 75_290)]
    [InlineData("resnet20", 10, BatchNormalisation.All, 269_722)]
    [InlineData("resnet32", 10, BatchNormalisation.All, 464_154)]
    [InlineData("resnet32", 100, BatchNormalisation.All, 470_004)]
    [InlineData("alexnet", 10, BatchNormalisation.None, 472_794)]
    public void Built_in_networks_have_the_parameters_of_the_paper(string name, int classes, BatchNormalisation norm, long parameters)
    {
        var network = NetworkSpec.Parse(BuiltInNetworks.Find(name)!, name).Value!;
        Assert.Equal(parameters, NetworkShapes.Of(network, Cifar, classes, new(norm)).Value!.Parameters);
    }

    [Fact]
    public void ResNet_50_has_the_parameters_of_its_reference_code()
    {
        var network = NetworkSpec.Parse(BuiltInNetworks.Find("resnet50")!, "resnet50").Value!;
        Assert.Equal(25_557_032, NetworkShapes.Of(network, new(3, 224, 224), 1000, new(BatchNormalisation.All)).Value!.Parameters);
    }

    [Fact]
    public void Group_normalisation_wants_channels_that_its_groups_divide()
    {
        var network = NetworkSpec.Parse(BuiltInNetworks.Find("resnet8")!, "resnet8").Value!;
        Assert.Equal(75_290, NetworkShapes.Of(network, Cifar, 10, new(BatchNormalisation.All, 8)).Value!.Parameters);
        Assert.Equal("layers[0].conv: found 16 channels of 1024 values for 3 groups of channels, wanted channels that the groups divide, with at least 2 values in a group", NetworkShapes.Of(network, Cifar, 10, new(BatchNormalisation.All, 3)).Errors[0].ToString());
    }

    [Fact]
    public void A_network_written_differently_has_the_same_text()
    {
        var one = NetworkSpec.Parse("layers: [{conv: {kernel: 3, filters: 4}}, relu, {linear: {outputs: classes}}]", "a").Value!;
        var other = NetworkSpec.Parse("# mine\nlayers:\n  - conv: { filters: 4, kernel: 3, stride: 1, padding: 1 }\n  - relu\n  - linear:\n      outputs: classes", "b").Value!;
        Assert.Equal(one.CanonicalText, other.CanonicalText);
        Assert.Equal(one.CanonicalText, NetworkSpec.Parse(one.CanonicalText, "c").Value!.CanonicalText);
    }

    [Theory]
    [InlineData("layers: [{conv: {filters: 4, kernel: 3}}]", "layers[0]")]
    [InlineData("layers: [{cnov: {filters: 4}}, {linear: {outputs: classes}}]", "layers[0].cnov")]
    [InlineData("layers: [{conv: {filters: 0, kernel: 3}}, {linear: {outputs: classes}}]", "layers[0].conv.filters")]
    [InlineData("layers: [{residual: {layers: [{linear: {outputs: 3}}]}}, {linear: {outputs: classes}}]", "layers[0].residual.layers[0]")]
    [InlineData("layer: []", "layer")]
    public void A_layer_that_cannot_be_read_is_named(string yaml, string path)
    {
        Assert.Contains(NetworkSpec.Parse(yaml, "net").Errors, e => e.Path == path);
    }

    [Theory]
    [InlineData("layers: [{conv: {filters: 4, kernel: 31, padding: 0}}, {conv: {filters: 4, kernel: 5, padding: 0}}, {linear: {outputs: classes}}]", "layers[1].conv")]
    [InlineData("layers: [{conv: {filters: 8, kernel: 3}}, {residual: {layers: [{conv: {filters: 4, kernel: 3}}]}}, {linear: {outputs: classes}}]", "layers[1].residual")]
    public void A_layer_that_does_not_fit_is_named(string yaml, string path)
    {
        Assert.Equal(path, Assert.Single(NetworkShapes.Of(NetworkSpec.Parse(yaml, "net").Value!, Cifar, 10, new(BatchNormalisation.All)).Errors).Path);
    }

    [Theory]
    [InlineData("linear: {outputs: 65536}}, {linear: {outputs: 65536}}, {linear: {outputs: classes}", "layers[1].linear: found 4294967296 weights, wanted at most 500000000")]
    [InlineData("linear: {outputs: 20000}}, {linear: {outputs: 20000}}, {linear: {outputs: 20000}}, {linear: {outputs: classes}", "layers: found 861700010 parameters, wanted at most 500000000 in all layers together")]
    [InlineData("conv: {filters: 65536, kernel: 3, padding: 31}}, {linear: {outputs: classes}", "layers[0].conv: found a map of 65536×92×92 out of 3×32×32, wanted at most 500000000 values: fewer filters, or a stride")]
    [InlineData("conv: {filters: 65536, kernel: 1, stride: 31}}, {conv: {filters: 65536, kernel: 31}}, {linear: {outputs: classes}", "layers[1].conv: found 4127463571456 weights, wanted at most 500000000")]
    public void A_layer_too_large_for_any_machine_is_named(string layers, string error)
    {
        var network = NetworkSpec.Parse($"layers: [{{{layers}}}]", "net").Value!;
        Assert.Equal(error, Assert.Single(NetworkShapes.Of(network, Cifar, 10, new(BatchNormalisation.None)).Errors).ToString());
    }

    [Fact]
    public void More_replicas_than_a_checkpoint_holds_are_refused_with_both_numbers()
    {
        var shapes = NetworkShapes.Of(NetworkSpec.Parse(BuiltInNetworks.Find("resnet50")!, "resnet50").Value!, new(3, 224, 224), 1000, new(BatchNormalisation.All)).Value!;
        Assert.Null(shapes.CheckReplicas(6, new(OptimizerKind.AdamW)));
        Assert.Equal(
            "replicas: found 7 of 25557032 parameters, with the optimiser's state a checkpoint of 536697672 values, wanted a checkpoint of at most 500000000 values: fewer replicas, or a smaller network",
            shapes.CheckReplicas(7, new(OptimizerKind.AdamW))!.ToString());
    }
}
