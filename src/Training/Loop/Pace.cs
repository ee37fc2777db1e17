namespace SmallBatch.Training.Loop;

/// <summary>Images a second: while training, evaluation and checkpoints left out. For display only.</summary>
internal sealed class Pace(TimeProvider time)
{
    private long resumedAt = time.GetTimestamp();
    private long wordAt = time.GetTimestamp();
    private TimeSpan epochTime;
    private TimeSpan wordTime;
    private double epochImages;
    private double wordImages;

    /// <summary>Time since the last word to the observer.</summary>
    public TimeSpan SinceLastWord => time.GetElapsedTime(wordAt);

    /// <summary>Begins anew.</summary>
    public void Restart()
    {
        resumedAt = wordAt = time.GetTimestamp();
        (epochTime, wordTime, epochImages, wordImages) = (TimeSpan.Zero, TimeSpan.Zero, 0, 0);
    }

    /// <summary>So many more images were trained on.</summary>
    public void Trained(int images)
    {
        epochImages += images;
        wordImages += images;
    }

    /// <summary>Something else than training begins.</summary>
    public void Pause()
    {
        var passed = time.GetElapsedTime(resumedAt);
        epochTime += passed;
        wordTime += passed;
        resumedAt = time.GetTimestamp();
    }

    /// <summary>Training goes on.</summary>
    public void Continue() => resumedAt = time.GetTimestamp();

    /// <summary>A word went to the observer that told of no images.</summary>
    public void Spoke() => wordAt = time.GetTimestamp();

    /// <summary>Images a second since the last word; begins anew.</summary>
    public double TakeWord()
    {
        Pause();
        var pace = wordTime > TimeSpan.Zero ? wordImages / wordTime.TotalSeconds : 0;
        (wordTime, wordImages, wordAt) = (TimeSpan.Zero, 0, time.GetTimestamp());
        return pace;
    }

    /// <summary>Images a second in this epoch; begins anew.</summary>
    public double TakeEpoch()
    {
        var pace = epochTime > TimeSpan.Zero ? epochImages / epochTime.TotalSeconds : 0;
        (epochTime, epochImages) = (TimeSpan.Zero, 0);
        return pace;
    }
}
