using SmallBatch.K8s.Tests.Objects;
using SmallBatch.K8s.Tests.Policies;

namespace SmallBatch.K8s.Tests;

/// <summary>Every overlay keeps to every policy, and no policy lets everything pass.</summary>
public sealed class PolicyTests
{
    private static readonly Dictionary<string, IPolicy> Policies = typeof(IPolicy).Assembly.GetTypes()
        .Where(t => t.IsClass && t.IsAssignableTo(typeof(IPolicy)))
        .ToDictionary(t => t.Name, t => (IPolicy)Activator.CreateInstance(t)!, StringComparer.Ordinal);

    public static TheoryData<string, string> OverlaysAndPolicies =>
        new MatrixTheoryData<string, string>(Repository.Overlays, Policies.Keys);

    public static TheoryData<string, string> BreachesOfPolicies => [.. Breaches.All.Select(b => (b.Policy, b.Name))];

    [Theory]
    [MemberData(nameof(OverlaysAndPolicies))]
    public void An_overlay_keeps_to_a_policy(string overlay, string policy) =>
        Assert.Empty(Policies[policy].Complaints(Rendering.Read(Repository.Rendered(overlay))));

    [Theory]
    [MemberData(nameof(BreachesOfPolicies))]
    public void A_breach_is_found_by_its_policy(string policy, string breach)
    {
        var found = Breaches.All.Single(b => b.Policy == policy && b.Name == breach);
        var rendering = Rendering.Read(Repository.Rendered(found.Overlay));
        found.Commit(rendering);
        Assert.NotEmpty(Policies[policy].Complaints(rendering));
    }

    [Fact]
    public void Every_policy_has_a_breach_that_it_finds() => Assert.Equal(Policies.Keys.Order(), Breaches.All.Select(b => b.Policy).Distinct().Order());
}
