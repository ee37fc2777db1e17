using CsCheck;
using Orleans.Storage;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests.GrainState;

/// <summary>Two clients read, write and clear in any order, with fresh and with stale tags: a model of the contract says what must come of it.</summary>
public sealed class GrainStorageModelTests(AzuriteFixture azurite)
{
    private static readonly Gen<(int Client, int Kind)[]> Steps = Gen.Select(Gen.Int[0, 1], Gen.Int[0, 5]).Array[1, 25];

    [Theory]
    [InlineData("table", true)]
    [InlineData("table", false)]
    [InlineData("blob", true)]
    [InlineData("blob", false)]
    public async Task Any_sequence_does_what_the_contract_says(string store, bool delete)
    {
        var storage = store == "table"
            ? await TestStorages.TableAsync(azurite.Tables, o => o.DeleteStateOnClear = delete)
            : await TestStorages.BlobAsync(azurite.Blobs, o => o.DeleteStateOnClear = delete);

        // Without a tag a table sends no deletion at all, as the official provider; of a blob it is refused where there is one.
        await Steps.SampleAsync(steps => CheckAsync(storage, steps, delete, untaggedClearIsSilent: store == "table" && delete), iter: 40, threads: 1);
    }

    private static async Task CheckAsync(IGrainStorage storage, (int Client, int Kind)[] steps, bool delete, bool untaggedClearIsSilent)
    {
        var grain = GrainId.Create("model", Guid.NewGuid().ToString("N"));
        var model = new Model(delete, untaggedClearIsSilent);
        GrainState<Note>[] clients = [new(), new()];
        for (var i = 0; i < steps.Length; i++)
        {
            var (client, kind) = steps[i];
            var state = clients[client];
            var text = $"step {i}";
            switch (kind)
            {
                case 0 or 1:
                    await storage.ReadStateAsync("cfg", grain, state);
                    model.Read(client);
                    break;
                case 5:
                    Assert.Equal(model.Clear(client), await SucceedsAsync(() => storage.ClearStateAsync("cfg", grain, state)));
                    break;
                default:
                    state.State = new(text, []);
                    Assert.Equal(model.Write(client, text), await SucceedsAsync(() => storage.WriteStateAsync("cfg", grain, state)));
                    break;
            }

            var stored = new GrainState<Note>();
            await storage.ReadStateAsync("cfg", grain, stored);
            Assert.Equal((model.Text is not null, model.Text ?? "", model.Version == 0), (stored.RecordExists, stored.State!.Text, stored.ETag is null));
        }
    }

    private static async Task<bool> SucceedsAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }

    /// <summary>The contract: a version of the record, 0 where there is none, and the version that each client believes in.</summary>
    private sealed class Model(bool delete, bool untaggedClearIsSilent)
    {
        private readonly int[] believed = new int[2];
        private int last;

        public int Version { get; private set; }

        public string? Text { get; private set; }

        public void Read(int client) => believed[client] = Version;

        public bool Write(int client, string? text)
        {
            if (believed[client] != Version)
            {
                return false;
            }

            (Version, Text) = (++last, text);
            believed[client] = Version;
            return true;
        }

        public bool Clear(int client)
        {
            if (!delete)
            {
                return Write(client, null);
            }

            if (believed[client] == 0 && untaggedClearIsSilent)
            {
                return true;
            }

            if (believed[client] != Version)
            {
                return false;
            }

            (Version, Text) = (0, null);
            believed[client] = 0;
            return true;
        }
    }
}
