using System.Diagnostics;
using System.Globalization;
using Evergrant.Fire.Native;
using Evergrant.Fire.PowerLoss;

namespace Evergrant.Fire.Disk;

/// <summary>io-sweep (F3, F4, F5, G3): call number i on the disk fails, for every i, once and from then on; on the store and below the whole program.</summary>
internal sealed class IoSweepDrill : IDrill
{
    // A short form hits every n-th call, beginning at one that goes by the seed, so that the forms together hit all.
    private const int ShortStride = 20;

    public string Name => "io-sweep";

    public string Sentence => "one call on the disk after the other fails, once or for good; what was answered is true, what is not known is said so";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        DiskShim shim = await DiskShim.BuildAsync(setting.Scratch, cancellationToken);
        List<DrillFigure> figures = [];
        List<string> violations = [];
        int stride = setting.Scale >= 1 ? 1 : (int)Math.Clamp(1 / setting.Scale, 1, ShortStride);
        setting.Say("sweep of the store");
        await SweepStoreAsync(shim, setting, stride, figures, violations, cancellationToken);
        setting.Say("failed syncs, after which the kernel has forgotten the pages");
        await FailSyncsAsync(shim, setting, figures, violations, cancellationToken);
        setting.Say("sweep below the program");
        await using var program = new ProgramSweep(shim, setting, cancellationToken);
        await program.RunAsync(stride, figures, violations);
        return new(figures, violations);
    }

    private static async Task SweepStoreAsync(DiskShim shim, DrillSetting setting, int stride, List<DrillFigure> figures, List<string> violations, CancellationToken cancellationToken)
    {
        string place = Recording.InMemory(Directory.CreateDirectory(Path.Combine(setting.Scratch, "sweep")).FullName);
        using var control = new DiskControl(Path.Combine(setting.Scratch, "sweep.control"));
        ProcessStartInfo start = FireChild.Start("store-sweep", place, control.File, stride.ToString(CultureInfo.InvariantCulture), (setting.Seed % stride).ToString(CultureInfo.InvariantCulture));
        shim.Preload(start, place, control: control);
        string[] lines = (await FireChild.RunToEndAsync(start, cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Directory.Delete(place, recursive: true);
        if (lines is not [.., "done"]) violations.Add("the sweep of the store did not come to its end");
        foreach (IGrouping<string, string[]> sweep in lines.SkipLast(1).Select(line => line.Split(' ', 4)).GroupBy(parts => parts[0]))
        {
            string[][] hit = [.. sweep.Where(parts => parts[2] != "0")];
            figures.Add(new("G3", $"store: {sweep.Key}, runs in which the call failed", $"{hit.Length}"));
            violations.AddRange(sweep.Where(parts => parts[3].Length > 0).Select(parts => $"store, {sweep.Key}, call {parts[1]}: {parts[3]}"));
        }
    }

    // The disk is photographed as if the pages of the failed sync had never reached it: a store that asked the kernel again and believed it is found out here.
    private static async Task FailSyncsAsync(DiskShim shim, DrillSetting setting, List<DrillFigure> figures, List<string> violations, CancellationToken cancellationToken)
    {
        var run = new Recording(shim, setting with { Scale = Math.Min(setting.Scale, 0.1) }, cancellationToken);
        int runs = setting.Count(60, 4), images = 0, met = 0;
        var random = new Random(setting.Seed);
        for (int i = 0; i < runs; i++)
        {
            using var control = new DiskControl(Path.Combine(setting.Scratch, "sync.control"));
            control.Arm(DiskCalls.Syncs, DiskFault.Input, random.Next(5, 120), sticky: false);
            (DiskLog log, string folder) = await run.StoreAsync(setting.Seed * 1000 + 700 + i, "FULL", control);
            if (control.Injected == 0) continue;
            met++;
            ImageSeries series = await run.ImagesAsync(log, folder, 25, setting.Seed + i);
            images += 25;
            violations.AddRange(series.Violations.Select(v => "failed sync, " + v));
        }
        figures.Add(new("G3", "store: syncs that failed and lost their pages; images taken", $"{met}; {images}"));
        if (met == 0) violations.Add("no sync was made to fail: the run does not count");
    }
}
