using System.Globalization;
using System.Net;
using Azure.Data.Tables;

namespace SmallBatch.AzureStorage.Clustering;

/// <summary>A silo's row of the membership table; every column is text.</summary>
internal static class SiloRow
{
    /// <summary>Key of the row that carries the table's version.</summary>
    public const string VersionKey = "VersionRow";

    /// <summary>Key of the row before every silo's.</summary>
    public const string StartKey = "!Start";

    /// <summary>Key of the row after every silo's.</summary>
    public const string EndKey = "~End";

    /// <summary>Column of the version and boundary rows.</summary>
    public const string MembershipVersion = "MembershipVersion";

    /// <summary><c>{ip}-{port}-{generation}</c>.</summary>
    public static string Key(SiloAddress silo) =>
        string.Create(CultureInfo.InvariantCulture, $"{silo.Endpoint.Address}-{silo.Endpoint.Port}-{silo.Generation}");

    /// <summary>The version or a boundary row.</summary>
    public static TableEntity Version(string clusterId, string key, int version) => new(clusterId, key)
    {
        ["DeploymentId"] = clusterId,
        [MembershipVersion] = version.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The silo's row.</summary>
    public static TableEntity Write(string clusterId, MembershipEntry entry)
    {
        var suspects = entry.SuspectTimes ?? [];
        return new(clusterId, Key(entry.SiloAddress))
        {
            ["DeploymentId"] = clusterId,
            ["Address"] = entry.SiloAddress.Endpoint.Address.ToString(),
            ["Port"] = entry.SiloAddress.Endpoint.Port.ToString(CultureInfo.InvariantCulture),
            ["Generation"] = entry.SiloAddress.Generation.ToString(CultureInfo.InvariantCulture),
            ["HostName"] = entry.HostName,
            ["Status"] = entry.Status.ToString(),
            ["ProxyPort"] = entry.ProxyPort.ToString(CultureInfo.InvariantCulture),
            ["RoleName"] = entry.RoleName,
            ["SiloName"] = entry.SiloName,
            ["InstanceName"] = entry.SiloName,
            ["UpdateZone"] = entry.UpdateZone.ToString(CultureInfo.InvariantCulture),
            ["FaultZone"] = entry.FaultZone.ToString(CultureInfo.InvariantCulture),
            ["SuspectingSilos"] = string.Join('|', suspects.Select(s => s.Item1.ToParsableString())),
            ["SuspectingTimes"] = string.Join('|', suspects.Select(s => LogFormatter.PrintDate(s.Item2))),
            ["StartTime"] = LogFormatter.PrintDate(entry.StartTime),
            ["IAmAliveTime"] = LogFormatter.PrintDate(entry.IAmAliveTime),
        };
    }

    /// <summary>Reads a silo's row. A malformed one throws: a wrong membership is worse than none.</summary>
    public static MembershipEntry Read(TableEntity row)
    {
        var address = IPAddress.Parse(row.GetString("Address"));
        var silo = SiloAddress.New(address, int.Parse(row.GetString("Port"), CultureInfo.InvariantCulture), int.Parse(row.GetString("Generation"), CultureInfo.InvariantCulture));
        var silos = Split(row, "SuspectingSilos");
        var times = Split(row, "SuspectingTimes");
        if (silos.Length != times.Length)
        {
            throw new FormatException($"{row.RowKey}: {silos.Length} suspecting silos and {times.Length} times, wanted as many of each.");
        }

        return new()
        {
            SiloAddress = silo,
            HostName = row.GetString("HostName"),
            Status = Enum.Parse<SiloStatus>(row.GetString("Status")),
            ProxyPort = Number(row, "ProxyPort"),
            RoleName = row.GetString("RoleName"),
            SiloName = row.GetString("SiloName") ?? row.GetString("InstanceName"),
            UpdateZone = Number(row, "UpdateZone"),
            FaultZone = Number(row, "FaultZone"),
            StartTime = LogFormatter.ParseDate(row.GetString("StartTime")),
            IAmAliveTime = LogFormatter.ParseDate(row.GetString("IAmAliveTime")),
            SuspectTimes = [.. silos.Zip(times, (s, t) => Tuple.Create(SiloAddress.FromParsableString(s), LogFormatter.ParseDate(t)))],
        };
    }

    private static int Number(TableEntity row, string column) =>
        row.GetString(column) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 0;

    private static string[] Split(TableEntity row, string column) => row.GetString(column) is { Length: > 0 } text ? text.Split('|') : [];
}
