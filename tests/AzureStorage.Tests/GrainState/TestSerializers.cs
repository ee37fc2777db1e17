using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace SmallBatch.AzureStorage.Tests.GrainState;

/// <summary>What a storage needs besides the store.</summary>
internal static class TestSerializers
{
    private static readonly ServiceProvider Services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public static IGrainStorageSerializer Binary { get; } = new OrleansGrainStorageSerializer(Services.GetRequiredService<Serializer>());

    /// <summary>A note as text: the payload is its text alone.</summary>
    public static IGrainStorageSerializer Text { get; } = new NoteText();

    public static IActivatorProvider Activators { get; } = Services.GetRequiredService<IActivatorProvider>();

    private sealed class NoteText : IGrainStorageSerializer
    {
        public BinaryData Serialize<T>(T? input) => new(((Note)(object)input!).Text + "|" + Convert.ToBase64String(((Note)(object)input!).Payload));

        public T? Deserialize<T>(BinaryData input)
        {
            var parts = Encoding.UTF8.GetString(input).Split('|');
            return (T)(object)new Note(parts[0], Convert.FromBase64String(parts[1]));
        }
    }
}
