namespace SmallBatch.Grains.Sweeps;

/// <summary>Sends notices outside every grain's turn, and tells the sweep of each that a receiver has got; implemented by the silo.</summary>
public interface INoticeSender
{
    /// <summary>Names of the receivers; without any no notice is made.</summary>
    IReadOnlyCollection<string> Receivers { get; }

    /// <summary>Takes a notice and returns at once; one that is being sent already changes nothing.</summary>
    void Send(SweepNotice notice);
}
