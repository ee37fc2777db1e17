using SmallBatch.Silo.Settings;

namespace SmallBatch.Silo.Telemetry;

/// <summary>The silo's log, on standard output.</summary>
internal static class Logs
{
    /// <summary>As lines for people or as JSON, by <see cref="LogSettings.Form"/>; of the libraries' words only warnings.</summary>
    public static void AddLogs(this WebApplicationBuilder builder)
    {
        if (builder.Configuration["Log:Form"] == "json")
        {
            // The console makes its formatters before anything else is there.
            builder.Services.AddSingleton(TimeProvider.System);
            builder.Logging.AddConsole(o => o.FormatterName = JsonLines.FormatterName).AddConsoleFormatter<JsonLines, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
        }
        else
        {
            builder.Logging.AddSimpleConsole(o => (o.SingleLine, o.TimestampFormat, o.UseUtcTimestamp) = (true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ", true));
        }

        foreach (var library in (string[])["Orleans", "Microsoft", "Azure", "Polly", "OpenTelemetry"])
        {
            builder.Logging.AddFilter(library, LogLevel.Warning);
        }
    }
}
