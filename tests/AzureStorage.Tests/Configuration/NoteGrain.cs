using SmallBatch.AzureStorage.Tests.GrainState;

namespace SmallBatch.AzureStorage.Tests.Configuration;

[GrainType("test-note")]
internal sealed class NoteGrain(
    [PersistentState("note", "rows")] IPersistentState<Note> row,
    [PersistentState("note", "blobs")] IPersistentState<Note> blob,
    ILocalSiloDetails silo) : Grain, INoteGrain, IRemindable
{
    public async Task Keep(string text)
    {
        row.State = new(text, []);
        blob.State = new(text, []);
        await row.WriteStateAsync();
        await blob.WriteStateAsync();
        await this.RegisterOrUpdateReminder("backstop", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
    }

    public async Task<(string Table, string Blob, int Reminders, string Silo)> Read() =>
        (row.State.Text, blob.State.Text, (await this.GetReminders()).Count, silo.SiloAddress.ToParsableString());

    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;
}
