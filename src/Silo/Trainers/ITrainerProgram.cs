namespace SmallBatch.Silo.Trainers;

/// <summary>What trainers are made of: a program of its own, or a simulation of one.</summary>
internal interface ITrainerProgram
{
    /// <summary>Where it lies, for messages.</summary>
    string Path { get; }

    /// <summary>Whether there is one.</summary>
    bool Exists { get; }

    /// <summary>What people are to be told of it wherever they look; null where there is nothing.</summary>
    string? Remark { get; }

    /// <summary>Changes with every build of it that may train otherwise.</summary>
    string Fingerprint();

    /// <summary>Starts it with these arguments, its three streams in our hands.</summary>
    IRunningTrainer Start(params string[] arguments);
}
