namespace Evergrant.Fire.PowerLoss;

/// <summary>Images taken at random moments of one recorded load.</summary>
/// <param name="log">What was recorded.</param>
/// <param name="from">The folder that was recorded.</param>
/// <param name="scratch">Folder for the image, in memory if there is such a place.</param>
internal sealed class ImageSeries(DiskLog log, string from, string scratch)
{
    private readonly int[] _taken = new int[Enum.GetValues<PowerLossVariant>().Length];
    private readonly int[] _bad = new int[Enum.GetValues<PowerLossVariant>().Length];

    /// <summary>What was broken, with what is needed to take that image again.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>Syncs in the recording.</summary>
    public int Syncs => log.Syncs;

    /// <summary>Answers acknowledged in it.</summary>
    public int Acknowledged => log.Records.Count(r => r.Operation == DiskOperation.Note && r.Bytes.Span[0] == (byte)'!');

    /// <summary>Images of a variant.</summary>
    public int Taken(PowerLossVariant variant) => _taken[(int)variant];

    /// <summary>Those of them in which something was broken.</summary>
    public int Bad(PowerLossVariant variant) => _bad[(int)variant];

    /// <summary>Takes and examines images, the variants in turn.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Seed of moments and choices.</param>
    /// <param name="control">Whether something must be broken: only moments are taken before which something was promised.</param>
    /// <param name="lying">Whether the disk lies about syncs of the log.</param>
    /// <param name="further">Asked about every image that was good, with its folder; null for nothing more.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task TakeAsync(int count, int seed, bool control, bool lying, Func<string, Promises, int, Task<IReadOnlyList<string>>>? further, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        // A control is to be found out by what it has promised.
        int first = control ? log.Records.Count / 4 : FirstMoment();
        int[] moments = [.. Enumerable.Range(0, count).Select(_ => random.Next(first, log.Records.Count + 1)).Order()];
        var disk = new DiskImage(lying);
        var promises = new Promises();
        int at = 0;
        for (int i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (; at < moments[i]; at++)
            {
                if (log.Records[at].Operation == DiskOperation.Note) promises.Take(log.Records[at].Text);
                else disk.Apply(log.Records[at]);
            }
            var variant = (PowerLossVariant)(i % _taken.Length);
            ImageCheck.Write(disk.Photograph(variant, random), from, scratch);
            IReadOnlyList<string> broken = await ImageCheck.ExamineAsync(scratch, promises);
            if (broken.Count == 0 && further is not null) broken = await further(scratch, promises, i);
            _taken[(int)variant]++;
            if (broken.Count == 0) continue;
            _bad[(int)variant]++;
            Violations.Add($"image {i} of seed {seed} (record {at} of {log.Records.Count}, {variant}): {broken[0]}{(broken.Count > 1 ? $" and {broken.Count - 1} more" : "")}");
        }
    }

    // Files that were there before the recording are known from when they were first opened, one after the other; the notes begin when all are.
    private int FirstMoment()
    {
        bool existed = log.Records.Any(r => r.Operation == DiskOperation.Named && r.At == 0 && r.Text.EndsWith("/evergrant.db", StringComparison.Ordinal));
        int first = 0;
        while (existed && first < log.Records.Count && log.Records[first].Operation != DiskOperation.Note) first++;
        return first + 1;
    }
}
