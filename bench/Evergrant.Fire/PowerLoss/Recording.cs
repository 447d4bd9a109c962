using System.Diagnostics;
using System.Globalization;
using Evergrant.Fire.Native;

namespace Evergrant.Fire.PowerLoss;

/// <summary>Records loads on the store in a process of its own, and takes images of what was recorded.</summary>
internal sealed class Recording(DiskShim shim, DrillSetting setting, CancellationToken cancellationToken)
{
    private const int Changes = 4000;

    /// <summary>A folder in memory where there is one: images are written and synced by the thousand.</summary>
    public static string InMemory(string scratch) =>
        Directory.Exists("/dev/shm") ? Directory.CreateDirectory(Path.Combine("/dev/shm", "evergrant-fire-" + Path.GetRandomFileName())).FullName : scratch;

    /// <summary>Records a load on the store.</summary>
    /// <param name="seed">Seed of the load.</param>
    /// <param name="synchronous">FULL, or NORMAL for the control.</param>
    /// <param name="control">Makes calls fail; null for none.</param>
    /// <returns>The log and the folder that was recorded.</returns>
    public async Task<(DiskLog Log, string Folder)> StoreAsync(int seed, string synchronous, DiskControl? control = null)
    {
        string place = Directory.CreateDirectory(Path.Combine(setting.Scratch, string.Create(CultureInfo.InvariantCulture, $"store-{synchronous}-{seed}"))).FullName;
        string folder = Path.Combine(place, "data"), log = Path.Combine(place, "disk.log");
        ProcessStartInfo start = FireChild.Start("store-load", folder, log, setting.Count(Changes, 400).ToString(CultureInfo.InvariantCulture), seed.ToString(CultureInfo.InvariantCulture), synchronous);
        shim.Preload(start, folder, log, control, skipSyncs: true);
        await FireChild.RunToEndAsync(start, cancellationToken);
        return (DiskLog.Read(await File.ReadAllBytesAsync(log, cancellationToken)), folder);
    }

    /// <summary>Takes images of a recording.</summary>
    public async Task<ImageSeries> ImagesAsync(DiskLog log, string folder, int count, int seed, bool lying = false, bool control = false, Func<string, Promises, int, Task<IReadOnlyList<string>>>? further = null)
    {
        string scratch = InMemory(setting.Scratch);
        try
        {
            var series = new ImageSeries(log, folder, Path.Combine(scratch, "image"));
            await series.TakeAsync(count, seed, control || lying, lying, further, cancellationToken);
            return series;
        }
        finally
        {
            if (scratch != setting.Scratch) Directory.Delete(scratch, recursive: true);
        }
    }
}
