using SmallBatch.Client.Cluster;

namespace SmallBatch.Client.Tests.Cluster;

public sealed class ClusterReleaseTests
{
    [Fact]
    public void A_cluster_of_the_same_format_is_not_remarked_on() => Assert.Null(ClusterRelease.Judge(new("0.9.0", 4), 4));

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void One_format_apart_is_understood_and_remarked_on(int format) =>
        Assert.Equal($"Note: the cluster is of release 0.9.0, format {format}, this console of format 4; what only one of them knows does not work.", ClusterRelease.Judge(new("0.9.0", format), 4));

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    public void Farther_apart_is_refused_with_what_to_do(int format) =>
        Assert.Equal(
            $"The cluster: found that the cluster is of release 0.9.0, format {format}, wanted format 3 to 5, which this console understands; use the console of the cluster's release.",
            Assert.Throws<OtherReleaseException>(() => ClusterRelease.Judge(new("0.9.0", format), 4)).Message);
}
