using System.Diagnostics;
using System.Globalization;
using SmallBatch.Training.Datasets;
using SmallBatch.Training.Loop;
using SmallBatch.Training.Randomness;

// Nanoseconds an image that a batch costs: its draws, crop, scaling and normalisation; the median of interleaved rounds.
const int Rounds = 21;
const int Batch = 32;
var quick = args.Contains("--quick");
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"image",-16} {"part",-18} {"replicas",8} {"ns/image",10}"));
foreach (var (stored, seen) in new[] { (32, 32), (256, 224) })
{
    var images = Images(stored, seen, stored == 32 ? 4096 : 64);
    var builder = new BatchBuilder(new(images, images, 10));
    foreach (var groups in new[] { 2, 5 })
    {
        var cases = new (string Name, bool Random, List<double> Times)[] { ("centre", false, []), ("random", true, []) };
        for (var round = 0; round < (quick ? 3 : Rounds); round++)
        {
            foreach (var (_, random, times) in cases)
            {
                times.Add(NanosecondsAnImage(builder, images, groups, random, round));
            }
        }

        foreach (var (name, _, times) in cases)
        {
            var median = times.Order().ElementAt(times.Count / 2);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{$"{seen} of {stored}",-16} {name,-18} {groups,8} {median,10:F0}"));
        }
    }
}

static ImageSet Images(int stored, int seen, int count)
{
    var pixels = new byte[count * 3 * stored * stored];
    for (var i = 0; i < pixels.Length; i++)
    {
        pixels[i] = (byte)((i * 2654435761L) >> 13);
    }

    return new(count, 3, seen, seen, pixels, new ushort[count]) { StoredHeight = stored, StoredWidth = stored };
}

static double NanosecondsAnImage(BatchBuilder builder, ImageSet images, int groups, bool random, int epoch)
{
    var batch = new float[Batch * groups * images.ImageBytes];
    var streams = Enumerable.Range(0, groups).Select(g => new ReplicaStream(1, "bench", g)).ToArray();
    var order = streams.Select(s => s.Permutation(epoch, images.Count)).ToArray();
    var batches = images.Height == 32 ? 40 : 2;
    Fill(0);
    var start = Stopwatch.GetTimestamp();
    for (var b = 0; b < batches; b++)
    {
        Fill(b);
    }

    return Stopwatch.GetElapsedTime(start).TotalNanoseconds / (batches * Batch * groups);

    void Fill(int number)
    {
        for (var group = 0; group < groups; group++)
        {
            for (var i = 0; i < Batch; i++)
            {
                var index = order[group][((number * Batch) + i) % images.Count];
                ImageCrop? crop = random ? ImageCrop.Random(streams[group], epoch, index, images) : null;
                builder.Put(batch, i, group, groups, images, index, crop);
            }
        }
    }
}
