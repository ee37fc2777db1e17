using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace SmallBatch.Architecture.Tests;

/// <summary>The arrows between projects, and rules that no compiler knows.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Root = FindRoot();

    public static TheoryData<string, string[]> Arrows => new()
    {
        { "Contracts", [] },
        { "Specs", [] },
        { "Statistics", [] },
        { "AzureStorage", [] },
        { "Tls", [] },
        { "Training", ["Specs"] },
        { "Grains", ["Contracts", "Specs", "Statistics"] },
        { "Silo", ["AzureStorage", "Grains", "Tls", "Training", "Web"] },
        { "Web", ["Contracts", "Reports", "Specs"] },
        { "Pictures", ["Contracts", "Specs", "Statistics"] },
        { "Reports", ["Contracts", "Pictures", "Specs", "Statistics"] },
        { "Client", ["Contracts", "Pictures", "Reports", "Specs", "Tls"] },
    };

    [Theory]
    [MemberData(nameof(Arrows))]
    public void A_project_references_what_the_design_allows_and_nothing_else(string project, string[] allowed)
    {
        var references = Load(project).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value)).Order();
        Assert.Equal(allowed, references);
    }

    [Fact]
    public void The_silo_never_loads_the_trainer()
    {
        var reference = Load("Silo").Descendants("ProjectReference").Single(r => r.Attribute("Include")!.Value.Contains("Training", StringComparison.Ordinal));
        Assert.Equal("false", reference.Attribute("ReferenceOutputAssembly")!.Value);
    }

    [Fact]
    public void Only_the_trainer_references_TorchSharp_and_only_wiring_references_Orleans_servers()
    {
        Assert.Equal(["Training"], Projects().Where(p => Packages(p).Any(n => n.StartsWith("TorchSharp", StringComparison.Ordinal))));
        Assert.Equal(["AzureStorage", "Grains", "Silo"], Projects().Where(p => Packages(p).Contains("Microsoft.Orleans.Server")));
        Assert.DoesNotContain(Packages("Specs").Concat(Packages("Training")), n => n.Contains("Orleans", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_statistics_reference_the_library_of_mathematics() =>
        Assert.Equal(["Statistics"], Projects().Where(p => Packages(p).Contains("MathNet.Numerics")));

    [Fact]
    public void Only_pictures_reference_the_library_of_plots() =>
        Assert.Equal(["Pictures"], Projects().Where(p => Packages(p).Contains("ScottPlot")));

    [Fact]
    public void Versions_stand_in_one_file()
    {
        var versioned = Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(f => XDocument.Load(f).Descendants("PackageReference")).Where(r => r.Attribute("Version") is not null);
        Assert.Empty(versioned);
    }

    [Fact]
    public void No_source_file_is_longer_than_four_hundred_lines()
    {
        Assert.Empty(Sources().Where(f => File.ReadLines(f).Count() > 400).Select(f => Path.GetRelativePath(Root, f)));
    }

    [Fact]
    public void Leases_hosts_and_trainers_ask_no_wall_clock_so_that_one_that_jumps_loses_no_lease()
    {
        // What people read: a log's line, when a device failed, since when a host is drained.
        string[] shown = ["lines.Enqueue($", "Failure = kind is", "book.Drain(host, by,"];
        Assert.Empty(Sources()
            .Where(f => f.Contains("/GpuPool/", StringComparison.Ordinal) || f.Contains("/GpuHosts/", StringComparison.Ordinal) || f.Contains("/Trainers/", StringComparison.Ordinal))
            .SelectMany(f => File.ReadLines(f).Where(l => l.Contains("UtcNow", StringComparison.Ordinal) && !shown.Any(s => l.Contains(s, StringComparison.Ordinal))).Select(l => $"{Path.GetRelativePath(Root, f)}: {l.Trim()}")));
    }

    [Fact]
    public void Log_messages_of_one_class_stand_in_one_file_since_their_generator_takes_files_in_no_certain_order() =>
        Assert.DoesNotContain(
            Sources().Where(f => File.ReadAllText(f).Contains("[LoggerMessage(", StringComparison.Ordinal))
                .SelectMany(f => PartialClass().Matches(File.ReadAllText(f)).Select(m => $"{Path.GetDirectoryName(f)} {m.Groups[1].Value}"))
                .CountBy(c => c),
            c => c.Value > 1);

    [Fact]
    public void Nothing_is_left_undone_in_the_product()
    {
        Assert.Empty(Sources().Where(f => LeftOver().IsMatch(File.ReadAllText(f))).Select(f => Path.GetRelativePath(Root, f)));
    }

    [Fact]
    public void Grains_hold_no_lock_and_block_on_nothing()
    {
        var grains = Sources().Where(f => f.EndsWith("Grain.cs", StringComparison.Ordinal)).ToList();
        Assert.True(grains.Count >= 6);
        Assert.Empty(grains.Where(f => Blocking().IsMatch(File.ReadAllText(f))).Select(Path.GetFileName));
    }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|NotImplementedException)\b")]
    private static partial Regex LeftOver();

    [GeneratedRegex(@"\bpartial class (\w+)")]
    private static partial Regex PartialClass();

    [GeneratedRegex(@"\block \(|\.Result\b|\.Wait\(|GetAwaiter\(\)|Task\.Run")]
    private static partial Regex Blocking();

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories);

    private static IEnumerable<string> Projects() => Directory.EnumerateDirectories(Path.Combine(Root, "src")).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Packages(string project) => Load(project).Descendants("PackageReference").Select(r => r.Attribute("Include")!.Value);

    private static XDocument Load(string project) => XDocument.Load(Path.Combine(Root, "src", project, $"{project}.csproj"));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SmallBatch.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests run from within a checkout.");
    }
}
