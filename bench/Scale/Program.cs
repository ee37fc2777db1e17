using System.Globalization;
using SmallBatch.Bench;
using SmallBatch.Bench.Scale;
using SmallBatch.Bench.Scale.Pool;
using SmallBatch.Bench.Scale.Rows;

if (args is [PoolSilo.Argument, var connectionString, var siloPort, var gatewayPort])
{
    await PoolSilo.RunAsync(connectionString, int.Parse(siloPort, CultureInfo.InvariantCulture), int.Parse(gatewayPort, CultureInfo.InvariantCulture));
    return 0;
}

const int Soaks = 12;
var quick = args.Contains("--quick");
int[] known = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
var asked = Option("--rows") ?? string.Join(',', known.Where(r => r != Soaks));
var repeatsText = Option("--repeats") ?? (quick ? "1" : "3");
var rows = asked.Split(',').Select(r => int.TryParse(r, NumberStyles.None, CultureInfo.InvariantCulture, out var row) && known.Contains(row) ? row : 0).ToList();
if (rows.Contains(0))
{
    Console.Error.WriteLine($"--rows: found {asked}, wanted some of {string.Join(",", known)}");
    return 2;
}

if (!int.TryParse(repeatsText, NumberStyles.None, CultureInfo.InvariantCulture, out var repeats) || repeats < 1)
{
    Console.Error.WriteLine($"--repeats: found {repeatsText}, wanted a whole number from 1");
    return 2;
}

var minutesText = Option("--minutes") ?? (quick ? "2" : "30");
if (!double.TryParse(minutesText, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var minutes) || minutes <= 0)
{
    Console.Error.WriteLine($"--minutes: found {minutesText}, wanted a number above 0");
    return 2;
}

Console.WriteLine($"{Machine.Line(quick)}; Azurite on the same machine, its requests logged");
var table = new ScaleTable();
ScaleTable.Head();
foreach (var row in rows.Distinct())
{
    await (row switch
    {
        1 => Throughput.OneSecondTrialsAsync(table, quick),
        2 => Throughput.ZeroSecondTrialsAsync(table, quick, repeats),
        3 => Throughput.ReportsAsync(table, quick),
        4 => Submission.SubmitAsync(table, quick),
        5 => Size.StatusAsync(table, quick),
        6 => Size.MarginalAsync(table, quick),
        7 => Hosts.ManyAsync(table, quick),
        8 => Restart.AgainAsync(table, quick),
        10 => Listed.ListAsync(table, quick, Option("--console") ?? BuiltConsole()),
        11 => Followed.FollowAsync(table, quick, repeats),
        Soaks => Soak.RunAsync(table, minutes),
        _ => Throughput.PriceAsync(quick),
    });
}

table.Foot();
return 0;

string? Option(string name) => args.SkipWhile(a => a != name).Skip(1).FirstOrDefault();

string BuiltConsole()
{
    var own = new DirectoryInfo(AppContext.BaseDirectory);
    return Path.Combine(own.Parent!.Parent!.FullName, "Client", own.Name, "smallbatch");
}
