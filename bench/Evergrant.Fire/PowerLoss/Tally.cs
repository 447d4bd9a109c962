namespace Evergrant.Fire.PowerLoss;

/// <summary>Images of several recordings, counted together.</summary>
internal sealed class Tally
{
    private readonly List<ImageSeries> _series = [];

    /// <summary>Syncs in the recordings.</summary>
    public int Syncs => _series.Sum(s => s.Syncs);

    /// <summary>Answers acknowledged in the recordings.</summary>
    public int Acknowledged => _series.Sum(s => s.Acknowledged);

    public int Images => Enum.GetValues<PowerLossVariant>().Sum(Taken);

    /// <summary>Images that lost something: a process that is killed loses nothing that the kernel has, with any setting.</summary>
    public int ImagesWithoutAll => Images - Taken(PowerLossVariant.All);

    public int BadWithoutAll => Enum.GetValues<PowerLossVariant>().Sum(Bad) - Bad(PowerLossVariant.All);

    public IEnumerable<string> Violations => _series.SelectMany(s => s.Violations);

    public void Add(ImageSeries series) => _series.Add(series);

    public int Taken(PowerLossVariant variant) => _series.Sum(s => s.Taken(variant));

    public int Bad(PowerLossVariant variant) => _series.Sum(s => s.Bad(variant));
}
