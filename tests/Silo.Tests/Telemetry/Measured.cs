using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace SmallBatch.Silo.Tests.Telemetry;

/// <summary>Meters of a test's own, and all that was measured by them.</summary>
internal sealed class Measured : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener listener = new();
    private readonly List<string> told = [];

    public Measured()
    {
        Meters = services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope == Meters)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Tell(i, value, tags));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Tell(i, value, tags));
        listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Tell(i, value, tags));
        listener.Start();
    }

    /// <summary>What makes them.</summary>
    public IMeterFactory Meters { get; }

    /// <summary>Each measurement since the last call: <c>name label=value … number</c>; of what is asked for when it is read, as it is now.</summary>
    public IReadOnlyList<string> Take()
    {
        listener.RecordObservableInstruments();
        lock (told)
        {
            string[] taken = [.. told];
            told.Clear();
            return taken;
        }
    }

    public void Dispose()
    {
        listener.Dispose();
        services.Dispose();
    }

    private void Tell<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = FormattableString.Invariant($"{string.Join(' ', [instrument.Name, .. tags.ToArray().Select(t => $"{t.Key}={t.Value}")])} {value}");
        lock (told)
        {
            told.Add(text);
        }
    }
}
