namespace SmallBatch.Silo.Health;

/// <summary>One row of membership to write.</summary>
/// <param name="Entry">The row.</param>
/// <param name="IsNew">Whether the table lacks it.</param>
/// <param name="Version">The table's version afterwards.</param>
internal sealed record MembershipWrite(MembershipEntry Entry, bool IsNew, int Version);

/// <summary>What to do next; a write, or waiting where there is none and it is not done.</summary>
internal sealed record MendingStep(MembershipWrite? Write, bool Done);

/// <summary>
/// How a membership table that went back is brought up to what its silos know, purely. A silo takes no notice of a table that is
/// older than its view, and ends itself by a newer one that lacks it: so each silo writes its own row below that version, and
/// only when none is missing is the version raised above it.
/// </summary>
internal static class MembershipMending
{
    /// <summary>The next step of this silo.</summary>
    /// <param name="view">What this silo knows.</param>
    /// <param name="table">What the table holds.</param>
    /// <param name="own">This silo's row as it should be.</param>
    /// <param name="waited">Whether the others have had their time: what is still missing then is written as dead.</param>
    public static MendingStep Next(ClusterMembershipSnapshot view, MembershipTableData table, MembershipEntry own, bool waited)
    {
        var known = view.Version.Value;
        if (view.Members.GetValueOrDefault(own.SiloAddress)?.Status != SiloStatus.Active || table.Version.Version > known)
        {
            // Joining writes its own row, and a newer table is somebody's finished work.
            return new(null, true);
        }

        var rows = table.Members.ToDictionary(m => m.Item1.SiloAddress, m => m.Item1);
        var next = table.Version.Version + 1;
        if (rows.GetValueOrDefault(own.SiloAddress)?.Status != SiloStatus.Active)
        {
            return new(new(own, !rows.ContainsKey(own.SiloAddress), next), false);
        }

        foreach (var row in rows.Values.Where(r => r.Status != SiloStatus.Dead && view.Members.GetValueOrDefault(r.SiloAddress)?.Status == SiloStatus.Dead))
        {
            return new(new(Dead(row), false, next), false);
        }

        foreach (var member in view.Members.Values.Where(m => m.Status == SiloStatus.Active && rows.GetValueOrDefault(m.SiloAddress)?.Status != SiloStatus.Active))
        {
            if (!waited)
            {
                return new(null, false);
            }

            var row = rows.GetValueOrDefault(member.SiloAddress);
            return new(new(Dead(row ?? new() { SiloAddress = member.SiloAddress, SiloName = member.Name, HostName = member.Name, StartTime = own.StartTime, IAmAliveTime = own.IAmAliveTime }), row is null, next), false);
        }

        return table.Version.Version == known ? new(null, true) : new(new(own, false, (int)known + 1), true);
    }

    private static MembershipEntry Dead(MembershipEntry row) => new()
    {
        SiloAddress = row.SiloAddress,
        SiloName = row.SiloName,
        HostName = row.HostName,
        RoleName = row.RoleName,
        ProxyPort = row.ProxyPort,
        StartTime = row.StartTime,
        IAmAliveTime = row.IAmAliveTime,
        Status = SiloStatus.Dead,
        SuspectTimes = [],
    };
}
