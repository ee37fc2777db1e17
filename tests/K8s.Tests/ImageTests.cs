using System.Text.RegularExpressions;
using SmallBatch.K8s.Tests.Objects;

namespace SmallBatch.K8s.Tests;

/// <summary>What the overlays run is what <c>eng/images.sh</c> builds.</summary>
public sealed partial class ImageTests
{
    private static readonly IReadOnlyList<Workload> Ours =
        [.. Repository.Overlays.SelectMany(o => Rendering.Read(Repository.Rendered(o)).Workloads).Where(w => w.Containers.Any(c => OurImage().IsMatch(c.Image)))];

    [Fact]
    public void Every_image_of_ours_that_runs_somewhere_is_built_and_none_else()
    {
        var built = Choices().Match(Text("images.sh")).Groups[1].Value.Split('|');
        Assert.Equal(built.Order(), Ours.SelectMany(w => w.Containers).Select(c => OurImage().Match(c.Image).Groups[1].Value).Distinct().Order());
    }

    [Theory]
    [InlineData("silo.Containerfile")]
    [InlineData("client.Containerfile")]
    public void An_image_runs_as_the_user_that_its_pods_run_as(string file)
    {
        var user = User().Match(Text($"images/{file}"));
        Assert.All(Ours, w => Assert.Equal((w.Pod.SecurityContext.RunAsUser, w.Pod.SecurityContext.RunAsGroup), (long.Parse(user.Groups[1].ValueSpan), long.Parse(user.Groups[2].ValueSpan))));
    }

    [Fact]
    public void The_silos_image_names_the_ports_of_its_pods()
    {
        var named = Ports().Match(Text("images/silo.Containerfile")).Groups[1].Value.Split(' ').Select(int.Parse);
        var silos = Ours.SelectMany(w => w.Containers).Where(c => c.Name == "silo").ToList();
        Assert.NotEmpty(silos);
        Assert.All(silos, c => Assert.Equal(named.Order(), c.Ports.Select(p => p.ContainerPort).Order()));
    }

    private static string Text(string file) => File.ReadAllText(Path.Combine(Repository.Root, "eng", file));

    [GeneratedRegex(@"/smallbatch-([a-z-]+):")]
    private static partial Regex OurImage();

    [GeneratedRegex(@"^    ([a-z|-]+)\) wanted\+=", RegexOptions.Multiline)]
    private static partial Regex Choices();

    [GeneratedRegex(@"^USER (\d+):(\d+)$", RegexOptions.Multiline)]
    private static partial Regex User();

    [GeneratedRegex(@"^EXPOSE ([\d ]+)$", RegexOptions.Multiline)]
    private static partial Regex Ports();
}
